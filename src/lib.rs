//! Fault tolerance for Rust services.
pub use resilience_runtime::*;
