use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::Shared;
use crate::clock::{Sleep, nanos_of};
use crate::seldom::Seldom;

/// The wait before the next attempt, from [`RetryAttempts::judge`](super::RetryAttempts::judge): to
/// be awaited, or blocked for.
///
/// # Cancel safety
/// Dropping it while it waits ends its timer, and counts the call as cancelled. A wait of no length is
/// over at once.
#[must_use = "a wait is over when it has been awaited, or blocked for"]
pub struct RetryWait<'a> {
    shared: &'a Shared,
    until_nanos: u64,
    sleeping: Seldom<Sleeping<'a>>,
}

/// The timer of a wait that goes on. If it is dropped before it is over, so is the call, which is
/// cancelled.
struct Sleeping<'a> {
    shared: &'a Shared,
    sleep: Sleep,
    is_over: bool,
}

impl<'a> RetryWait<'a> {
    pub(super) fn new(shared: &'a Shared, wait: Duration) -> Self {
        let until_nanos = if wait.is_zero() {
            0
        } else {
            shared.clock.now_nanos().saturating_add(nanos_of(wait))
        };
        Self {
            shared,
            until_nanos,
            sleeping: Seldom::nothing(),
        }
    }

    /// Blocks the thread until the wait is over. On tokio's clock it sleeps for the time that is left,
    /// even where that clock stands still.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use std::time::Duration;
    /// use resilience4rs::{Registry, RetryVerdict};
    ///
    /// let retry = Registry::new()
    ///     .retry_with("files", |config| config.wait_duration(Duration::from_millis(1)))
    ///     .unwrap();
    /// let mut attempts = retry.attempts();
    /// let down = || Ok(Err::<(), _>("down"));
    /// while let ControlFlow::Continue(wait) = attempts.judge(|_| RetryVerdict::Retry, down()) {
    ///     wait.block();
    /// }
    /// assert_eq!(retry.metrics().total_calls, 3);
    /// ```
    pub fn block(self) {
        if self.until_nanos > 0 {
            self.shared.clock.wait_until(self.until_nanos);
        }
    }
}

impl Future for RetryWait<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if this.until_nanos == 0 {
            return Poll::Ready(());
        }
        let (shared, until_nanos) = (this.shared, this.until_nanos);
        let sleeping = this.sleeping.get_or_insert_with(|| Sleeping {
            shared,
            sleep: shared.clock.sleep_until(until_nanos),
            is_over: false,
        });
        ready!(Pin::new(&mut sleeping.sleep).poll(cx));
        sleeping.is_over = true;
        *this.sleeping = None;
        this.until_nanos = 0;
        Poll::Ready(())
    }
}

impl Drop for Sleeping<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.shared.counts.cancelled.increment();
        }
    }
}

impl fmt::Debug for RetryWait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryWait")
            .field("retry", self.shared.membership.name())
            .field("until", &Duration::from_nanos(self.until_nanos))
            .finish_non_exhaustive()
    }
}
