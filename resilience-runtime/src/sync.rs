//! The one place that names the atomics, so that the loom models replace them all.

#[cfg(not(resilience_loom))]
pub(crate) use std::{
    sync::{
        Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError, atomic,
    },
    thread::yield_now,
};

#[cfg(resilience_loom)]
pub(crate) use {
    loom::sync::{Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, atomic},
    loom::thread::yield_now,
    std::sync::TryLockError,
};

/// Locks, and goes on with what a panicking holder left: every critical section of this crate
/// leaves its data whole at each point where it could panic.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// As [`lock`], beside others who only read.
pub(crate) fn read<T>(rw_lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    rw_lock
        .read()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// As [`lock`], with nobody who reads.
pub(crate) fn write<T>(rw_lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    rw_lock
        .write()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Waits to be notified, with the lock given away meanwhile.
pub(crate) fn wait<'a, T>(condvar: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    condvar
        .wait(guard)
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// As [`lock`], but `None` where somebody else holds it.
pub(crate) fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// Starts a thread of this name.
#[cfg(not(resilience_loom))]
pub(crate) fn spawn_named(
    name: String,
    run: impl FnOnce() + Send + 'static,
) -> std::io::Result<()> {
    std::thread::Builder::new().name(name).spawn(run).map(drop)
}

/// Starts a thread of the model, which has no name.
#[cfg(resilience_loom)]
pub(crate) fn spawn_named(_: String, run: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    drop(loom::thread::spawn(run));
    Ok(())
}
