//! Statuses of gRPC.

use std::sync::Arc;
use std::time::Duration;

use tonic::metadata::MetadataValue;
use tonic::{Code, Status};

use super::{detail, retry_after};
use crate::failure::{Failure, PolicyError};
use crate::retry::RetryAfter;

/// How gRPC's retries are told to wait, in milliseconds.
const PUSHBACK: &str = "grpc-retry-pushback-ms";

/// The status of a service whose policy stepped in, with the feature `tonic`.
///
/// | failure | code | `grpc-retry-pushback-ms` |
/// |---|---|---|
/// | [`CircuitOpen`](crate::CircuitOpen) | `UNAVAILABLE` | until the breaker lets a call through again, while it is OPEN |
/// | [`RateLimited`](crate::RateLimited) | `RESOURCE_EXHAUSTED` | until there are permissions again, where that is known |
/// | [`BulkheadFull`](crate::BulkheadFull) | `RESOURCE_EXHAUSTED` | none |
/// | [`TimedOut`](crate::TimedOut) | `DEADLINE_EXCEEDED` | none |
/// | [`RetriesExhausted`](crate::RetriesExhausted) | `UNAVAILABLE` | none |
///
/// The message is the same for all instances, and says neither what one is called nor what error lies
/// behind it. The error itself is the status' source, which is not sent.
///
/// ```
/// use std::error::Error;
/// use resilience4rs::{PolicyError, Registry};
///
/// let breaker = Registry::new().circuit_breaker("payments");
/// breaker.transition_to_open().unwrap();
///
/// let status = tonic::Status::from(breaker.try_acquire().unwrap_err());
/// assert_eq!(status.code(), tonic::Code::Unavailable);
/// assert_eq!(status.metadata().get("grpc-retry-pushback-ms").unwrap(), "60000");
/// assert!(status.source().unwrap().is::<PolicyError>());
/// ```
impl From<PolicyError> for Status {
    fn from(error: PolicyError) -> Self {
        let code = match &error {
            PolicyError::CircuitOpen(_) | PolicyError::RetriesExhausted(_) => Code::Unavailable,
            PolicyError::RateLimited(_) | PolicyError::BulkheadFull(_) => Code::ResourceExhausted,
            PolicyError::TimedOut(_) => Code::DeadlineExceeded,
        };
        let mut status = Self::new(code, detail(&error));
        if let Some(wait) = retry_after(&error) {
            let millis = MetadataValue::from(whole_millis(wait));
            status.metadata_mut().insert(PUSHBACK, millis);
        }
        status.set_source(Arc::new(error));
        status
    }
}

/// The status of a service that hands on what a guarded call failed with, with the feature `tonic`: the
/// policy's, or the call's own.
///
/// ```
/// use resilience4rs::Registry;
/// use tonic::{Code, Status};
///
/// async fn price() -> Result<f64, Status> {
///     let breaker = Registry::global().circuit_breaker("prices");
///     let price = breaker.call(async { Err(Status::not_found("no such currency")) }).await?;
///     Ok(price)
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// assert_eq!(price().await.unwrap_err().code(), Code::NotFound);
/// # }
/// ```
impl<E: Into<Self>> From<Failure<E>> for Status {
    fn from(failure: Failure<E>) -> Self {
        match failure {
            Failure::Policy(error) => error.into(),
            Failure::Call(error) => error.into(),
        }
    }
}

/// A retry waits as long as `grpc-retry-pushback-ms` says, with the feature `tonic`; one that is negative,
/// or no number, says nothing.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::RetryAfter;
///
/// let mut busy = tonic::Status::resource_exhausted("slow down");
/// assert_eq!(busy.retry_after(), None);
/// busy.metadata_mut().insert("grpc-retry-pushback-ms", "250".parse().unwrap());
/// assert_eq!(busy.retry_after(), Some(Duration::from_millis(250)));
/// ```
impl RetryAfter for Status {
    fn retry_after(&self) -> Option<Duration> {
        let text = self.metadata().get(PUSHBACK)?.to_str().ok()?;
        text.parse().map(Duration::from_millis).ok()
    }
}

/// Rounded up, as sooner would be in vain; but the nanosecond by which a breaker's wait must be exceeded
/// makes no millisecond of it.
fn whole_millis(wait: Duration) -> u64 {
    u64::try_from(wait.as_micros().div_ceil(1000)).unwrap_or(u64::MAX)
}
