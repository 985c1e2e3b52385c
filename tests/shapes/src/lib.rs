//! Every shape of function that the attribute takes, with every lint on, in modules where the names
//! of the prelude mean something else. `tests/` runs each with its breaker closed and open.
//!
//! The shapes are those of the documentation and of the comparison of attribute macros: free
//! functions, generics, methods with every receiver, traits, futures, values that are no `Result`,
//! several fallbacks, and other attributes above and below.

#![deny(warnings, missing_docs, clippy::all, clippy::pedantic, clippy::nursery)]
#![forbid(unsafe_code)]
#![allow(
    clippy::missing_errors_doc,
    reason = "the error is always the same, and it is the shape that is of interest"
)]
#![allow(
    clippy::wildcard_imports,
    reason = "only what a wildcard brings can shadow the prelude and not be used"
)]

pub mod attempts;
pub mod error;
pub mod free;
pub mod futures;
pub mod generics;
pub mod instrumented;
pub mod limited;
pub mod methods;
pub mod patterns;
pub mod receivers;
mod taken;
pub mod testing;
pub mod traits;
pub mod values;
