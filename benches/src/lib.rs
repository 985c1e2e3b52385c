//! What a call through resilience4rs costs.
//!
//! Everything here depends on our own crates only. The peers are cases of the benchmark
//! `overhead`, which adds them to these.

pub mod call;
pub mod callgrind;
mod case;
mod floors;
mod ours;
pub mod telemetry;

pub use case::{By, Case, Workload, repeat};
pub use ours::names::Names;

/// What the cases of each group do.
pub mod group {
    /// What no policy can be faster than.
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
    /// A call through a breaker, without metrics and with what becomes of it counted for them.
    pub const METRICS: &str = "metrics";
    /// A call that gets the permit it asks a rate limiter for.
    pub const RATE_LIMIT: &str = "rate limit";
    /// A call that a rate limiter rejects.
    pub const RATE_LIMIT_REJECTED: &str = "rate limit, rejected";
    /// A call that gets a permit of a bulkhead, and gives it back.
    pub const BULKHEAD: &str = "bulkhead";
    /// A call that a bulkhead rejects.
    pub const BULKHEAD_FULL: &str = "bulkhead, full";
    /// A call under a time limit that is ready at once.
    pub const TIME_LIMIT: &str = "time limit, ready at once";
    /// A call under a time limit that is not ready before the second poll, so a timer is set.
    pub const TIME_LIMIT_PENDING: &str = "time limit, pending once";
    /// An async call whose first attempt succeeds.
    pub const RETRY: &str = "retry, async";
    /// The same, but a plain call.
    pub const RETRY_PLAIN: &str = "retry, plain";
    /// A call whose second attempt succeeds, without a wait between the two.
    pub const RETRY_SECOND: &str = "retry, second attempt";
    /// An async call that succeeds, in several policies.
    pub const STACK: &str = "stack, async";
    /// The same, but a plain call.
    pub const STACK_PLAIN: &str = "stack, plain";
    /// A plain call under a breaker that is at hand, or that a literal names.
    pub const BY_HANDLE_OR_LITERAL: &str = "a handle or a literal name";
    /// A handle by a name of a thousand.
    pub const BY_NAME: &str = "a handle by its name";

    /// All of them, in the order in which they are to be read.
    pub const ORDER: [&str; 21] = [
        FLOOR,
        CLOSED_ASYNC,
        CLOSED_PLAIN,
        CLOSED_FAILING,
        OPEN_ASYNC,
        OPEN_PLAIN,
        HALF_OPEN,
        METRICS,
        RATE_LIMIT,
        RATE_LIMIT_REJECTED,
        BULKHEAD,
        BULKHEAD_FULL,
        TIME_LIMIT,
        TIME_LIMIT_PENDING,
        RETRY,
        RETRY_PLAIN,
        RETRY_SECOND,
        STACK,
        STACK_PLAIN,
        BY_HANDLE_OR_LITERAL,
        BY_NAME,
    ];
}

/// The cases that need no peer: what cannot be avoided, and our own.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = floors::cases();
    cases.extend(ours::cases());
    cases
}
