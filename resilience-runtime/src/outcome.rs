use crate::failure::PolicyError;

/// What an annotated function returns: something that either went well or did not.
///
/// `Result` (under any alias) implements it. Implement it for a type of your own to annotate
/// functions that return it.
///
/// ```
/// use resilience4rs::Outcome;
///
/// enum Reply {
///     Answer(String),
///     Refused(u16),
/// }
///
/// impl Outcome for Reply {
///     type Value = String;
///     type Error = u16;
///
///     fn from_result(result: Result<String, u16>) -> Self {
///         match result {
///             Ok(answer) => Self::Answer(answer),
///             Err(status) => Self::Refused(status),
///         }
///     }
///
///     fn into_result(self) -> Result<String, u16> {
///         match self {
///             Self::Answer(answer) => Ok(answer),
///             Self::Refused(status) => Err(status),
///         }
///     }
///
///     fn as_result(&self) -> Result<&String, &u16> {
///         match self {
///             Self::Answer(answer) => Ok(answer),
///             Self::Refused(status) => Err(status),
///         }
///     }
/// }
///
/// assert_eq!(Reply::Refused(503).into_result(), Err(503));
/// ```
#[diagnostic::on_unimplemented(
    message = "a guarded function returns `Result`, not `{Self}`",
    label = "this must be a `Result<_, _>`",
    note = "an `Err` is what a policy counts as a failure; return a `Result`, or implement `resilience4rs::Outcome` for `{Self}`; where every `{Self}` is a success, say so: add `plain` and a `fallback = ...` to the attribute; in an annotated `impl` block, the attribute with `skip` alone leaves a method out"
)]
pub trait Outcome: Sized {
    /// What a call that went well brings.
    type Value;
    /// What a call that did not go well brings.
    type Error;

    /// Builds it from a result.
    fn from_result(result: Result<Self::Value, Self::Error>) -> Self;

    /// Turns it into a result.
    ///
    /// # Errors
    /// When the call did not go well.
    fn into_result(self) -> Result<Self::Value, Self::Error>;

    /// Looks at it as a result.
    ///
    /// # Errors
    /// When the call did not go well.
    fn as_result(&self) -> Result<&Self::Value, &Self::Error>;
}

impl<T, E> Outcome for Result<T, E> {
    type Value = T;
    type Error = E;

    #[inline]
    fn from_result(result: Self) -> Self {
        result
    }

    #[inline]
    fn into_result(self) -> Self {
        self
    }

    #[inline]
    fn as_result(&self) -> Result<&T, &E> {
        self.as_ref()
    }
}

/// How a finished call counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It went well.
    Success,
    /// It failed.
    Failure,
    /// It says nothing about the dependency: neither, and its permit goes back.
    Ignored,
}

impl Verdict {
    /// The verdict where nothing else is said: an error is a failure.
    #[inline]
    pub(crate) fn plain<V: ?Sized, E: ?Sized>(result: Result<&V, &E>) -> Self {
        if result.is_ok() {
            Self::Success
        } else {
            Self::Failure
        }
    }
}

/// How a breaker counts a call that another policy ended, further inside.
///
/// ```
/// use resilience4rs::{Registry, Verdict};
///
/// let registry = Registry::new();
/// let inner = registry.bulkhead_with("inner", |config| config.max_concurrent_calls(1)).unwrap();
/// let taken = inner.try_acquire().unwrap();
/// let full = inner.try_acquire().unwrap_err();
/// assert_eq!(Verdict::from(&full), Verdict::Ignored, "nobody asked the backend");
/// # taken.complete();
/// ```
impl From<&PolicyError> for Verdict {
    fn from(error: &PolicyError) -> Self {
        match error {
            // They say nothing about who is behind the breaker.
            PolicyError::RateLimited(_) | PolicyError::BulkheadFull(_) => Self::Ignored,
            // Whoever is behind the other breaker is down; who does not answer in time, or badly at
            // every try, fares no better.
            PolicyError::CircuitOpen(_)
            | PolicyError::TimedOut(_)
            | PolicyError::RetriesExhausted(_) => Self::Failure,
        }
    }
}
