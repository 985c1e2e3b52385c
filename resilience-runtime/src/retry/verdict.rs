use std::any::Any;
use std::time::Duration;

/// How an attempt ended, and what is to follow: what a classification answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryVerdict {
    /// It went well, and the call with it.
    Accept,
    /// It failed, and is to be made again.
    Retry,
    /// It failed, and is to be made again after this time instead of the configured one.
    RetryAfter(Duration),
    /// It failed, and is to be made again after the configured time, but no sooner than this.
    RetryNoSooner(Duration),
    /// It failed in a way that another attempt would not mend: what it ended with is the call's outcome,
    /// value or error, and the call counts as a failure that was not retried.
    GiveUp,
}

/// An error, or a value that stands for one, that may say how long to wait before the next attempt,
/// such as a reply with a `Retry-After` header.
///
/// The attribute `#[retry]` honours it where the function's own error implements it, or its value,
/// where `retry_result` matches. In a generic function it does so where the bound is written. A program
/// says it in the [configuration](crate::RetryConfigBuilder::retry_after). What is asked for takes the
/// place of the configured wait, and is not capped by anything but `max_duration`.
///
/// [`PolicyError`](crate::PolicyError) does not implement it: what a guarded function returns that is
/// called inside of the attempt is an error like any other, and an open circuit is closed again no
/// sooner for being waited for.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::RetryAfter;
///
/// enum ApiError {
///     TooManyRequests { retry_after: Duration },
///     Internal,
/// }
///
/// impl RetryAfter for ApiError {
///     fn retry_after(&self) -> Option<Duration> {
///         match self {
///             Self::TooManyRequests { retry_after } => Some(*retry_after),
///             Self::Internal => None,
///         }
///     }
/// }
///
/// let busy = ApiError::TooManyRequests { retry_after: Duration::from_secs(7) };
/// assert_eq!(busy.retry_after(), Some(Duration::from_secs(7)));
/// ```
pub trait RetryAfter {
    /// How long to wait, if there is anything to say about it.
    fn retry_after(&self) -> Option<Duration>;
}

/// A verdict, and how long to wait if it is to be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    Accept,
    Retry(Wait),
    GiveUp,
}

/// How long to wait before the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// As configured.
    Configured,
    Exactly(Duration),
    /// As configured, but no shorter.
    AtLeast(Duration),
    /// The custom function says that there is to be no other attempt.
    Never,
}

impl From<RetryVerdict> for Judgement {
    #[inline]
    fn from(verdict: RetryVerdict) -> Self {
        match verdict {
            RetryVerdict::Accept => Self::Accept,
            RetryVerdict::Retry => Self::Retry(Wait::Configured),
            RetryVerdict::RetryAfter(wait) => Self::Retry(Wait::Exactly(wait)),
            RetryVerdict::RetryNoSooner(least) => Self::Retry(Wait::AtLeast(least)),
            RetryVerdict::GiveUp => Self::GiveUp,
        }
    }
}

/// What a custom function sees of an outcome whose type need not be `'static`: nothing.
pub(super) struct Unseen;

/// An outcome, as predicates see it.
pub(super) type Seen<'a> = Result<&'a dyn Any, &'a dyn Any>;
