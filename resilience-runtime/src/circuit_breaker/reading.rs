//! A breaker as metrics see it.

use super::CircuitBreaker;
use super::metrics::CircuitBreakerMetrics;
use super::state::State;

impl CircuitBreaker {
    /// Counts from now on what becomes of calls.
    pub(crate) fn begin_counting(&self) {
        self.machine.begin_counting();
    }
}
