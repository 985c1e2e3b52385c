//! What a call through resilience4rs costs.
//!
//! Everything here depends on our own crates only. The peers are cases of the benchmark
//! `overhead`, which adds them to these.

mod attributed;
pub mod call;
pub mod callgrind;
mod case;
mod floors;
mod ours;

pub use case::{By, Case, Workload, repeat};

/// What the cases of each group do.
pub mod group {
    /// What no breaker can be faster than.
    pub const FLOOR: &str = "floor";
    /// An async call that succeeds, over a window of calls that did.
    pub const CLOSED_ASYNC: &str = "closed, async";
    /// The same, but a plain call.
    pub const CLOSED_PLAIN: &str = "closed, plain";
    /// An async call over a window in which every tenth call fails.
    pub const CLOSED_FAILING: &str = "closed, async, 10 % fail";
    /// An async call that is rejected.
    pub const OPEN_ASYNC: &str = "open, async";
    /// A plain call that is rejected.
    pub const OPEN_PLAIN: &str = "open, plain";
    /// A probe that succeeds.
    pub const HALF_OPEN: &str = "half-open, async";
}

/// The cases that need no peer: what cannot be avoided, and our own.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = floors::cases();
    cases.extend(ours::cases());
    cases
}
