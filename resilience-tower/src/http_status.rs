use std::time::Duration;

use http::StatusCode;
use resilience_runtime::{RetryVerdict, Verdict};

use crate::classify::{Classify, ClassifyRetry};
use crate::http_response::HttpResponse;
use crate::retry_after::retry_after;

/// Outcomes of HTTP by their status: what layers do unless told otherwise.
///
/// | outcome | a breaker counts | a retry |
/// |---|---|---|
/// | an error, such as a refused connection | a failure | makes the call again |
/// | 500 to 599 | a failure | makes the call again; after a 503, no sooner than its `Retry-After` says |
/// | 429 | a success: the backend is well, and we ask too much | makes the call again, no sooner than its `Retry-After` says |
/// | any other status, 404 among them | a success | accepts it |
///
/// `Retry-After` is read in both of its forms, a number of seconds and a date; a date is compared with
/// the response's own `Date` where it has one, so that clocks which differ do no harm. It makes the
/// configured wait longer, never shorter. Where it asks for more than
/// [`max_retry_after`](Self::max_retry_after), there is no other attempt: sooner would be refused again,
/// and the caller gets the response, with the header, at once.
///
/// ```
/// use std::time::Duration;
/// use http::Response;
/// use resilience4rs::{RetryVerdict, Verdict};
/// use resilience_tower::{Classify, ClassifyRetry, HttpStatus};
///
/// let by_status = HttpStatus::new();
/// let busy = Response::builder().status(503).header("retry-after", "7").body(()).unwrap();
/// let outcome: Result<_, &std::io::Error> = Ok(&busy);
/// assert_eq!(by_status.classify(outcome), Verdict::Failure);
/// assert_eq!(by_status.classify_retry(outcome), RetryVerdict::RetryNoSooner(Duration::from_secs(7)));
///
/// let impatient = HttpStatus::new().max_retry_after(Duration::from_secs(5));
/// assert_eq!(impatient.classify_retry(outcome), RetryVerdict::GiveUp);
///
/// let missing = Response::builder().status(404).body(()).unwrap();
/// let outcome: Result<_, &std::io::Error> = Ok(&missing);
/// assert_eq!(by_status.classify(outcome), Verdict::Success);
/// assert_eq!(by_status.classify_retry(outcome), RetryVerdict::Accept);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct HttpStatus {
    max_retry_after: Duration,
}

impl HttpStatus {
    /// As the table says, with waits of up to 60 seconds.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            max_retry_after: Duration::from_secs(60),
        }
    }

    /// The longest `Retry-After` that is waited for; past it, a retry gives up. 60 seconds unless it is
    /// set.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience_tower::HttpStatus;
    ///
    /// let patient = HttpStatus::new().max_retry_after(Duration::from_secs(600));
    /// assert!(format!("{patient:?}").contains("600s"));
    /// ```
    #[must_use]
    pub const fn max_retry_after(mut self, longest: Duration) -> Self {
        self.max_retry_after = longest;
        self
    }
}

impl Default for HttpStatus {
    fn default() -> Self {
        Self::new()
    }
}

impl<Res: HttpResponse, E> Classify<Res, E> for HttpStatus {
    fn classify(&self, outcome: Result<&Res, &E>) -> Verdict {
        match outcome {
            Ok(response) if !response.status().is_server_error() => Verdict::Success,
            _ => Verdict::Failure,
        }
    }
}

impl<Res: HttpResponse, E> ClassifyRetry<Res, E> for HttpStatus {
    fn classify_retry(&self, outcome: Result<&Res, &E>) -> RetryVerdict {
        let Ok(response) = outcome else {
            return RetryVerdict::Retry;
        };
        match response.status() {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                no_sooner(retry_after(response.headers()), self.max_retry_after)
            }
            status if status.is_server_error() => RetryVerdict::Retry,
            _ => RetryVerdict::Accept,
        }
    }
}

/// Again, once what was asked for is over.
pub(crate) fn no_sooner(asked: Option<Duration>, longest: Duration) -> RetryVerdict {
    match asked {
        None => RetryVerdict::Retry,
        Some(wait) if wait <= longest => RetryVerdict::RetryNoSooner(wait),
        Some(_) => RetryVerdict::GiveUp,
    }
}
