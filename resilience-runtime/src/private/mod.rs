//! What the attributes expand to. Not a public interface: it changes with any release.

mod guard;
mod site;

pub use guard::{
    FromPolicyError, Guard, classify_errors, guard, guard_blocking, run, run_blocking,
};
pub use site::{CircuitBreakerSite, resolve_circuit_breaker};

pub use crate::circuit_breaker::CircuitBreakerConfigBuilder;
