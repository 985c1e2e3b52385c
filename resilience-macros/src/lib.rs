//! The attributes of resilience4rs. Use them through the facade crate `resilience4rs`.
