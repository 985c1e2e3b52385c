//! What is given of a wait, alike for all that wait by an interval.

use std::fmt;
use std::time::Duration;

use crate::optional::Optional;

/// The settings of a wait, which belong together: a function, an `F`, takes the place of the others.
#[derive(Clone)]
pub(crate) struct WaitSettings<F> {
    pub(crate) duration: Option<Duration>,
    pub(crate) is_exponential: Option<bool>,
    pub(crate) multiplier: Option<f64>,
    pub(crate) max: Optional<Duration>,
    pub(crate) is_randomized: Option<bool>,
    pub(crate) randomized_factor: Option<f64>,
    pub(crate) function: Option<F>,
}

impl<F: Clone> WaitSettings<F> {
    /// A function takes the place of a wait that the base describes, but for its length, which is
    /// that of a function that panics; and a wait that is described that of the base's function.
    #[must_use]
    pub(crate) fn over(self, base: &Self) -> Self {
        let duration = self.duration.or(base.duration);
        if self.function.is_some() {
            return Self { duration, ..self };
        }
        let function = if self.describes_a_wait() {
            None
        } else {
            base.function.clone()
        };
        Self {
            duration,
            is_exponential: self.is_exponential.or(base.is_exponential),
            multiplier: self.multiplier.or(base.multiplier),
            max: self.max.over(&base.max),
            is_randomized: self.is_randomized.or(base.is_randomized),
            randomized_factor: self.randomized_factor.or(base.randomized_factor),
            function,
        }
    }

    fn describes_a_wait(&self) -> bool {
        self.duration.is_some()
            || self.is_exponential.is_some()
            || self.multiplier.is_some()
            || self.max.is_given()
            || self.is_randomized.is_some()
            || self.randomized_factor.is_some()
    }
}

impl<F> Default for WaitSettings<F> {
    fn default() -> Self {
        Self {
            duration: None,
            is_exponential: None,
            multiplier: None,
            max: Optional::NotGiven,
            is_randomized: None,
            randomized_factor: None,
            function: None,
        }
    }
}

impl<F> fmt::Debug for WaitSettings<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitSettings")
            .field("duration", &self.duration)
            .field("is_exponential", &self.is_exponential)
            .field("multiplier", &self.multiplier)
            .field("max", &self.max)
            .field("is_randomized", &self.is_randomized)
            .field("randomized_factor", &self.randomized_factor)
            .field("function", &self.function.is_some())
            .finish()
    }
}
