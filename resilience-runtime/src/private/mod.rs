//! What the attributes expand to. Not a public interface: it changes with any release.

mod answering;
mod bulkhead;
mod circuit_breaker;
mod detached;
mod error_class;
mod fallback;
mod future_of;
mod guard;
mod infallible;
mod instance_name;
mod rate_limiter;
mod retry;
mod site;
mod sites;
mod thread_pool_bulkhead;
mod time_limiter;
mod unanswered;

pub use answering::{Answering, Began, fallback_begins};
pub use bulkhead::{in_bulkhead, in_bulkhead_blocking};
pub use circuit_breaker::{classify_errors, in_circuit_breaker, in_circuit_breaker_blocking};
pub use detached::{outcome_of, owning};
pub use error_class::{Classified, is_retried_by_class, verdict_by_class};
pub use fallback::{
    CarriedBy, FailureParameter, FallbackArg, FallbackOutput, Same, ViaFuture, ViaValue,
    answer_of_fallback, answer_of_plain_fallback, clone_argument_for_fallback,
    failure_for_fallback,
};
pub use future_of::future_of;
pub use guard::{
    FromPolicyError, Guard, guard, guard_blocking, outcome_for_caller, run, run_blocking,
};
pub use infallible::{
    Completed, CompletedFuture, FallbackValue, PolicyFailureParameter, completed,
    completed_blocking, policy_failure_for_fallback, value_of_fallback,
};
pub use instance_name::{InstanceName, instance_name};
pub use rate_limiter::{in_rate_limiter, in_rate_limiter_blocking};
pub use retry::{
    Asking, AsksForNothing, AttemptArg, Kept, MovesAtLast, argument_for_attempt, attempt,
    attempt_blocking, attempts, clone_argument_for_attempt, retried, retried_blocking,
};
pub use site::{
    CurrentRegistry, Instance, InstanceOf, Site, current_registry, resolve, resolve_in_config,
    resolve_named,
};
pub(crate) use sites::guarded_functions;
pub use sites::{AttributeRecord, GuardedFunction, leave_record};
pub use thread_pool_bulkhead::in_thread_pool_bulkhead;
pub use time_limiter::{in_detaching_time_limiter, in_time_limiter};
pub use unanswered::{CarriesUnanswered, failure_that_no_fallback_answers};

pub use crate::retry::RetryVerdict;
#[cfg(feature = "sites")]
pub use inventory;
