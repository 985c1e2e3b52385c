//! The settings of resilience4rs' policies: their names, ranges and the rules between them.
//!
//! The attributes check what is written in the source with these rules, and the runtime checks
//! what a builder or a configuration file says with the very same ones, so that a value is never
//! right in one place and wrong in the other. Use them through the facade crate `resilience4rs`.

pub mod bulkhead;
pub mod circuit_breaker;
pub mod duration;
pub mod rate_limiter;
pub mod retry;
mod setting;
pub mod thread_pool_bulkhead;
pub mod time_limiter;

pub use setting::{Kind, Setting, SettingDoubt, SettingError};
