//! Changing the state by hand.

use std::time::{Duration, SystemTime};

use super::CircuitBreaker;
use super::state::{IllegalTransition, State};
use super::transition::Wait;
use crate::clock::nanos_of;

/// Operating the breaker by hand.
impl CircuitBreaker {
    /// Closes the breaker, with nothing counted.
    ///
    /// # Errors
    /// Never in fact: every state may become CLOSED.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// breaker.transition_to_forced_open().unwrap();
    /// breaker.transition_to_closed().unwrap();
    /// assert_eq!(breaker.state(), State::Closed);
    /// ```
    pub fn transition_to_closed(&self) -> Result<(), IllegalTransition> {
        self.machine.change(State::Closed, Wait::Configured)
    }

    /// Opens the breaker for as long as it is configured to stay open.
    ///
    /// # Errors
    /// From METRICS_ONLY.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// breaker.transition_to_open().unwrap();
    /// assert_eq!(breaker.state(), State::Open);
    ///
    /// breaker.transition_to_metrics_only().unwrap();
    /// let refused = breaker.transition_to_open().unwrap_err();
    /// assert_eq!(refused.to_string(), "circuit breaker 'payments' cannot go from METRICS_ONLY to OPEN");
    /// ```
    pub fn transition_to_open(&self) -> Result<(), IllegalTransition> {
        self.machine.change(State::Open, Wait::Configured)
    }

    /// Opens the breaker for this long.
    ///
    /// # Errors
    /// From METRICS_ONLY.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::{Clock, Registry};
    ///
    /// let time = Clock::manual();
    /// let breaker = Registry::builder().clock(&time).build().circuit_breaker("payments");
    /// breaker.transition_to_open_for(Duration::from_secs(5)).unwrap();
    /// time.advance(Duration::from_secs(6));
    /// assert!(breaker.try_acquire().is_ok());
    /// ```
    pub fn transition_to_open_for(&self, wait: Duration) -> Result<(), IllegalTransition> {
        let until = self
            .machine
            .clock
            .now_nanos()
            .saturating_add(nanos_of(wait));
        self.machine.change(State::Open, Wait::UntilNanos(until))
    }

    /// Opens the breaker until this time on the registry's clock.
    ///
    /// # Errors
    /// From METRICS_ONLY.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// let later = Registry::global().clock().now() + std::time::Duration::from_secs(60);
    /// breaker.transition_to_open_until(later).unwrap();
    /// assert!(breaker.try_acquire().is_err());
    /// ```
    pub fn transition_to_open_until(&self, time: SystemTime) -> Result<(), IllegalTransition> {
        let until = self.machine.clock.nanos_at(time);
        self.machine.change(State::Open, Wait::UntilNanos(until))
    }

    /// Begins a half-open round.
    ///
    /// # Errors
    /// From CLOSED and METRICS_ONLY.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// assert!(breaker.transition_to_half_open().is_err(), "it is CLOSED");
    /// breaker.transition_to_open().unwrap();
    /// breaker.transition_to_half_open().unwrap();
    /// assert_eq!(breaker.state(), State::HalfOpen);
    /// ```
    pub fn transition_to_half_open(&self) -> Result<(), IllegalTransition> {
        self.machine.change(State::HalfOpen, Wait::Configured)
    }

    /// Rejects every call until told otherwise.
    ///
    /// # Errors
    /// Never in fact: every state may become FORCED_OPEN.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// breaker.transition_to_forced_open().unwrap();
    /// assert!(breaker.try_acquire().is_err());
    /// assert_eq!(breaker.state(), State::ForcedOpen);
    /// ```
    pub fn transition_to_forced_open(&self) -> Result<(), IllegalTransition> {
        self.machine.change(State::ForcedOpen, Wait::Configured)
    }

    /// Lets every call through uncounted until told otherwise.
    ///
    /// # Errors
    /// Never in fact: every state may become DISABLED.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// breaker.transition_to_disabled().unwrap();
    /// breaker.try_acquire().unwrap().failure();
    /// assert_eq!(breaker.metrics().buffered_calls, 0);
    /// assert_eq!(breaker.state(), State::Disabled);
    /// ```
    pub fn transition_to_disabled(&self) -> Result<(), IllegalTransition> {
        self.machine.change(State::Disabled, Wait::Configured)
    }

    /// Lets every call through and counts it, without ever opening, until told otherwise.
    ///
    /// # Errors
    /// Never in fact: every state may become METRICS_ONLY.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// breaker.transition_to_metrics_only().unwrap();
    /// for _ in 0..200 {
    ///     breaker.try_acquire().unwrap().failure();
    /// }
    /// assert_eq!(breaker.metrics().failure_rate, 100.0);
    /// assert_eq!(breaker.state(), State::MetricsOnly);
    /// ```
    pub fn transition_to_metrics_only(&self) -> Result<(), IllegalTransition> {
        self.machine.change(State::MetricsOnly, Wait::Configured)
    }

    /// Closes the breaker from whatever state, with nothing counted, and cancels its timers.
    ///
    /// ```
    /// use resilience4rs::{Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// breaker.transition_to_disabled().unwrap();
    /// breaker.reset();
    /// assert_eq!(breaker.state(), State::Closed);
    /// ```
    pub fn reset(&self) {
        self.machine.reset();
    }
}
