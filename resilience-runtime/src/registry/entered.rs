//! A registry in the place of the global one, for a while.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{MutexGuard, PoisonError};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::{Inner, Registry};

thread_local! {
    static ENTERED: RefCell<Vec<Registry>> = const { RefCell::new(Vec::new()) };
}

/// Whether any thread has ever entered a registry: all that a call costs in a process where none has.
static IS_USED: AtomicBool = AtomicBool::new(false);

impl Registry {
    /// Puts this registry in the place of the global one for the attributes' calls on this thread,
    /// until the guard is dropped. Guards that overlap end from the last to the first.
    ///
    /// Parallel tests thus share no breakers, though their code names no registry:
    ///
    /// ```
    /// use resilience4rs::{Registry, State, circuit_breaker};
    ///
    /// #[circuit_breaker("exchange", sliding_window_size = 1)]
    /// fn rate() -> Result<f64, Error> {
    ///     Err(Error::Unreachable)
    /// }
    /// # #[derive(Debug)] enum Error { Unreachable, Policy(resilience4rs::PolicyError) }
    /// # impl From<resilience4rs::PolicyError> for Error {
    /// #     fn from(error: resilience4rs::PolicyError) -> Self { Self::Policy(error) }
    /// # }
    ///
    /// let registry = Registry::new();
    /// let entered = registry.enter();
    /// assert!(matches!(rate(), Err(Error::Unreachable)));
    /// assert!(matches!(rate(), Err(Error::Policy(_))), "one failure has opened it");
    /// assert_eq!(registry.circuit_breaker("exchange").state(), State::Open);
    ///
    /// drop(entered);
    /// assert!(matches!(rate(), Err(Error::Unreachable)), "that of the global registry is closed");
    /// ```
    ///
    /// What an attribute has found this way stays in memory until the process ends: it is meant for
    /// tests. A service that has several registries names them, with `registry = ..`.
    pub fn enter(&self) -> Entered {
        // Relaxed: this thread sees its own store, and others have entered nothing.
        IS_USED.store(true, Ordering::Relaxed);
        ENTERED.with_borrow_mut(|entered| entered.push(self.clone()));
        Entered {
            not_send: PhantomData,
        }
    }

    /// Puts this registry in the place of the global one while the future runs, on whatever thread it
    /// is polled. A task that it spawns is none of it: give that one a scope of its own.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use resilience4rs::{Registry, time_limiter};
    ///
    /// #[time_limiter("exchange")]
    /// async fn rate() -> Result<f64, Error> {
    ///     Ok(1.08)
    /// }
    /// # #[derive(Debug)] enum Error { Policy(resilience4rs::PolicyError) }
    /// # impl From<resilience4rs::PolicyError> for Error {
    /// #     fn from(error: resilience4rs::PolicyError) -> Self { Self::Policy(error) }
    /// # }
    ///
    /// let registry = Registry::new();
    /// registry.scope(async { rate().await.unwrap() }).await;
    /// assert_eq!(registry.find_time_limiter("exchange").unwrap().metrics().successful_calls, 1);
    /// # }
    /// ```
    pub fn scope<F: Future>(&self, future: F) -> Scoped<F> {
        Scoped {
            registry: self.clone(),
            future,
        }
    }

    /// The registry that attributes use here: the one that was entered last on this thread, else the
    /// global one.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// let _entered = registry.enter();
    /// registry.circuit_breaker("payments");
    /// assert!(Registry::current().find_circuit_breaker("payments").is_some());
    /// assert!(Registry::global().find_circuit_breaker("payments").is_none());
    /// ```
    #[must_use]
    pub fn current() -> Self {
        Self::entered().unwrap_or_else(|| Self::global().clone())
    }

    /// The instance that the call site at this address has found, for as long as the process lives.
    pub(crate) fn kept_for_ever<I: Any + Send + Sync>(
        &self,
        site: usize,
        find: impl FnOnce() -> I,
    ) -> &'static I {
        let key = (TypeId::of::<I>(), site);
        let known = |found: &FoundByCallSites| {
            let found: &'static (dyn Any + Send + Sync) = *found.get(&key)?;
            found.downcast_ref::<I>()
        };
        if let Some(instance) = known(&self.inner.found()) {
            return instance;
        }
        // Without the lock: whoever is told of the instance may make a call.
        let instance: &'static I = Box::leak(Box::new(find()));
        let mut found = self.inner.found();
        if let Some(first) = known(&found) {
            return first;
        }
        found.insert(key, instance);
        instance
    }

    /// The registry that was entered last on this thread.
    pub(crate) fn entered() -> Option<Self> {
        if is_ever_entered() {
            ENTERED.with_borrow(|entered| entered.last().cloned())
        } else {
            None
        }
    }
}

#[inline]
pub(crate) fn is_ever_entered() -> bool {
    // Relaxed: whoever has entered a registry has stored it on this very thread.
    IS_USED.load(Ordering::Relaxed)
}

/// What call sites have found in a registry that was entered.
pub(super) type FoundByCallSites = HashMap<(TypeId, usize), &'static (dyn Any + Send + Sync)>;

impl Inner {
    fn found(&self) -> MutexGuard<'_, FoundByCallSites> {
        self.found_by_call_sites
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A registry is in the place of the global one until this is dropped; see [`Registry::enter`].
#[must_use = "the registry is left when this is dropped"]
pub struct Entered {
    /// It belongs to its thread.
    not_send: PhantomData<*const ()>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        // Dropped outside of the borrow: what goes with a registry may use this thread's.
        let left = ENTERED.try_with(|entered| entered.borrow_mut().pop());
        drop(left);
    }
}

impl fmt::Debug for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entered").finish_non_exhaustive()
    }
}

pin_project! {
    /// A future that runs with a registry in the place of the global one; see [`Registry::scope`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Scoped<F> {
        registry: Registry,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = this.registry.enter();
        this.future.poll(cx)
    }
}
