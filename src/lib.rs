//! Fault tolerance for Rust services.
pub use resilience_macros::circuit_breaker;
pub use resilience_runtime::*;
