//! The call that is guarded, and how a benchmark awaits it.

use std::cell::Cell;
use std::future::poll_fn;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use resilience4rs::PolicyError;

/// How the call fails: with a status. It is as large as the value, so that a result is in two
/// registers and moving it about does not drown what is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallError(u64);

impl CallError {
    /// The call failed by itself.
    pub const REFUSED: Self = Self(500);
    /// A policy rejected it.
    pub const REJECTED: Self = Self(503);
}

impl From<PolicyError> for CallError {
    #[inline]
    fn from(_: PolicyError) -> Self {
        Self::REJECTED
    }
}

/// The call: it does nothing, well.
///
/// # Errors
/// Never.
#[inline]
pub fn succeed<E>(number: u64) -> Result<u64, E> {
    black_box(Ok(number))
}

/// The call that fails every tenth time.
///
/// # Errors
/// Every tenth time.
#[inline]
pub fn fail_each_tenth(number: u64) -> Result<u64, CallError> {
    black_box(if number.is_multiple_of(10) {
        Err(CallError::REFUSED)
    } else {
        Ok(number)
    })
}

/// The call whose first attempt fails, and whose second does not.
///
/// # Errors
/// The first time.
#[inline]
pub fn fail_first(has_failed: &Cell<bool>, number: u64) -> Result<u64, CallError> {
    black_box(if has_failed.replace(true) {
        Ok(number)
    } else {
        Err(CallError::REFUSED)
    })
}

/// The call that is not ready before its second poll.
///
/// # Errors
/// Never.
#[inline]
pub async fn succeed_later<E>(number: u64) -> Result<u64, E> {
    let mut is_ready = false;
    poll_fn(|_| {
        if std::mem::replace(&mut is_ready, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    succeed(number)
}

/// Polls a future that is ready at once.
///
/// # Panics
/// When it is not.
#[inline]
pub fn now<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the guarded call never waits"),
    }
}

/// Polls a future that is ready at its second poll.
///
/// # Panics
/// When it is not.
#[inline]
pub fn later<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(future);
    let first = future.as_mut().poll(&mut context);
    assert!(first.is_pending(), "the guarded call waits once");
    match future.poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the guarded call waits once only"),
    }
}
