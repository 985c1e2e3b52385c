//! What a call through resilience4rs costs.
//!
//! Everything here depends on our own crates only. The peers are cases of the benchmark
//! `overhead`, which adds them to these.

pub mod call;
pub mod callgrind;
mod case;
mod floors;
mod ours;

pub use case::{Case, Workload};

/// The cases that need no peer: what cannot be avoided, and our own.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = floors::cases();
    cases.extend(ours::cases());
    cases
}
