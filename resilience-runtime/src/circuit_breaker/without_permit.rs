//! Calls whose permission and outcome are reported by hand.

use std::any::Any;
use std::time::Duration;

use super::CircuitBreaker;
use super::event::FailureCause;
use super::predicates::{open_for_by, verdict_by};
use super::recording::Completion;
use crate::error_summary::SeenError;
use crate::outcome::Verdict;

/// Calls without a permit object, exactly as in Resilience4j: what is reported counts in whatever
/// state the breaker has by then, and a half-open round whose permits are never returned does not
/// end. Prefer [`try_acquire`](Self::try_acquire).
impl CircuitBreaker {
    /// Asks for leave to make one call, whose outcome is to be reported by hand.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// assert!(breaker.try_acquire_permission());
    /// breaker.on_success(Duration::from_millis(20));
    /// assert!(breaker.try_acquire_permission());
    /// breaker.on_error(Duration::from_millis(20), &"connection refused");
    /// assert!(breaker.try_acquire_permission());
    /// breaker.on_result(Duration::from_millis(20), &503);
    /// assert!(breaker.try_acquire_permission());
    /// breaker.release_permission();
    ///
    /// let metrics = breaker.metrics();
    /// assert_eq!((metrics.successful_calls, metrics.failed_calls), (2, 1));
    /// ```
    #[must_use]
    pub fn try_acquire_permission(&self) -> bool {
        self.machine.admit_without_permit()
    }

    /// Gives a permission back without reporting an outcome.
    pub fn release_permission(&self) {
        self.machine.release_without_permit();
    }

    /// Reports a call that went well.
    pub fn on_success(&self, elapsed: Duration) {
        self.machine
            .complete_without_permit(Completion::Succeeded, SeenError::Unknown, elapsed);
    }

    /// Reports a call that returned an error, to be judged by the configuration's predicates.
    pub fn on_error<E: Any>(&self, elapsed: Duration, error: &E) {
        let seen = SeenError::of_result(Err::<&(), _>(error));
        self.report(elapsed, Err(error), seen);
    }

    /// Reports a call that returned a value, to be judged by the configuration's predicates.
    pub fn on_result<V: Any>(&self, elapsed: Duration, value: &V) {
        self.report(elapsed, Ok(value), SeenError::Unknown);
    }

    fn report(&self, elapsed: Duration, outcome: Result<&dyn Any, &dyn Any>, error: SeenError<'_>) {
        let in_force = &self.machine.in_force;
        let verdict = in_force.with_predicates(|predicates| verdict_by(predicates, outcome));
        let cause = if outcome.is_ok() {
            FailureCause::Result
        } else {
            FailureCause::Error
        };
        let completion = match verdict {
            Verdict::Success => Completion::Succeeded,
            Verdict::Failure => Completion::Failed(cause),
            Verdict::Ignored => Completion::Ignored,
        };
        self.machine
            .complete_without_permit(completion, error, elapsed);
        let open_for =
            in_force.with_predicates(|predicates| open_for_by(predicates, outcome, verdict));
        if let Some(open_for) = open_for {
            self.machine.trip_for(self.machine.word(), open_for);
        }
    }
}
