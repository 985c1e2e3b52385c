//! Annotated functions among names that the expansion could trip over, with every lint on.
//!
//! That it compiles, under clippy too, is the test; the functions are run as well.

#![deny(
    warnings,
    missing_docs,
    unused,
    rust_2018_idioms,
    unreachable_pub,
    missing_debug_implementations,
    let_underscore_drop,
    single_use_lifetimes,
    unused_qualifications,
    unused_lifetimes,
    unit_bindings,
    elided_lifetimes_in_paths,
    clippy::all,
    clippy::pedantic,
    clippy::nursery
)]
#![forbid(unsafe_code)]
#![allow(
    clippy::redundant_pub_crate,
    reason = "it contradicts `unreachable_pub`"
)]

#[cfg(test)]
mod attempts;
pub mod classes;
pub mod documented;
#[cfg(test)]
mod locals;
#[cfg(test)]
mod no_prelude;
#[cfg(test)]
mod shadowed;

#[cfg(test)]
mod without_prelude {
    use crate::no_prelude::{plain, with_fallback};

    #[tokio::test]
    async fn every_function_runs() {
        assert_eq!(with_fallback(1, "a".to_owned()).await, Ok(2));
        assert_eq!(plain(), Ok(2));
    }
}
