//! The policies, registries and clocks behind resilience4rs, usable without macros.
//!
//! Use them through the facade crate `resilience4rs`, which adds the attributes.

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
mod circuit_breaker;
mod clock;
mod failure;
mod interval;
mod layer;
mod outcome;
mod registry;
mod sync;

pub use circuit_breaker::{
    CancelledCalls, CircuitBreaker, CircuitBreakerConfig, CircuitBreakerConfigBuilder,
    CircuitBreakerEvent, ConfigError, EventKind, FailureCause, IllegalTransition, Metrics, OpenFor,
    Permit, SlidingWindowType, State,
};
pub use clock::{Clock, ManualClock};
pub use failure::{CircuitOpen, Failure, PolicyError};
pub use outcome::{Outcome, Verdict};
pub use registry::{Registry, RegistryBuilder};
pub use resilience_settings::{SettingDoubt, SettingError};
