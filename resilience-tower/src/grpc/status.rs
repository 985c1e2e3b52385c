use std::time::Duration;

use http::{HeaderMap, StatusCode};
use resilience_runtime::{RetryVerdict, Verdict};

use crate::classify::{Classify, ClassifyRetry};
use crate::http_response::HttpResponse;
use crate::http_status::no_sooner;

const STATUS: &str = "grpc-status";
const PUSHBACK: &str = "grpc-retry-pushback-ms";

const CANCELLED: i32 = 1;
pub(super) const UNKNOWN: i32 = 2;
const DEADLINE_EXCEEDED: i32 = 4;
const PERMISSION_DENIED: i32 = 7;
const RESOURCE_EXHAUSTED: i32 = 8;
const UNIMPLEMENTED: i32 = 12;
const INTERNAL: i32 = 13;
const UNAVAILABLE: i32 = 14;
const DATA_LOSS: i32 = 15;
const UNAUTHENTICATED: i32 = 16;

/// What a circuit breaker makes of a status code of gRPC, unless told otherwise.
///
/// | code | counts as |
/// |---|---|
/// | `UNAVAILABLE`, `INTERNAL`, `UNKNOWN`, `DEADLINE_EXCEEDED`, `DATA_LOSS`, and what is no code | a failure |
/// | `CANCELLED` | nothing: the caller went away |
/// | `OK`, and all others | a success: the backend is well enough to tell the caller what is wrong. `RESOURCE_EXHAUSTED` is among them, as 429 is with HTTP |
///
/// ```
/// use resilience4rs::Verdict;
/// use resilience_tower::grpc_verdict;
///
/// assert_eq!(grpc_verdict(14), Verdict::Failure, "UNAVAILABLE");
/// assert_eq!(grpc_verdict(5), Verdict::Success, "NOT_FOUND");
/// assert_eq!(grpc_verdict(1), Verdict::Ignored, "CANCELLED");
/// ```
#[must_use]
pub fn grpc_verdict(code: i32) -> Verdict {
    match code {
        CANCELLED => Verdict::Ignored,
        UNKNOWN | DEADLINE_EXCEEDED | INTERNAL | UNAVAILABLE | DATA_LOSS => Verdict::Failure,
        0..=UNAUTHENTICATED => Verdict::Success,
        _ => Verdict::Failure,
    }
}

/// Which calls of gRPC are retried, by the status in the head of the response: where it is when nothing
/// else was sent.
///
/// Retried are errors of the transport, `UNAVAILABLE`, and `RESOURCE_EXHAUSTED` where the server says
/// when to come back (`grpc-retry-pushback-ms`): that is waited for at least, up to
/// [`max_pushback`](Self::max_pushback), as it is after `UNAVAILABLE`. A pushback that is negative means
/// no other attempt. The other codes that a breaker counts as failures may have been carried out, or
/// have taken all the time there was.
///
/// ```
/// use std::time::Duration;
/// use http::Response;
/// use resilience4rs::RetryVerdict;
/// use resilience_tower::{ClassifyRetry, GrpcStatus};
///
/// let verdict = |code: &str, pushback: Option<&str>| {
///     let mut response = Response::builder().header("grpc-status", code);
///     if let Some(pushback) = pushback {
///         response = response.header("grpc-retry-pushback-ms", pushback);
///     }
///     let response = response.body(()).unwrap();
///     GrpcStatus::new().classify_retry(Ok::<_, &std::io::Error>(&response))
/// };
/// let quarter = RetryVerdict::RetryNoSooner(Duration::from_millis(250));
/// assert_eq!(verdict("14", None), RetryVerdict::Retry);
/// assert_eq!(verdict("14", Some("250")), quarter);
/// assert_eq!(verdict("14", Some("-1")), RetryVerdict::GiveUp);
/// assert_eq!(verdict("8", None), RetryVerdict::Accept);
/// assert_eq!(verdict("8", Some("250")), quarter);
/// assert_eq!(verdict("5", None), RetryVerdict::Accept);
/// ```
///
/// It is a classification for a [`CircuitBreakerLayer`](crate::CircuitBreakerLayer) as well, for
/// streams that go on for as long as their caller likes: each is judged when it has begun, and not by
/// how long it lasts.
///
/// ```
/// use http::{Request, Response};
/// use resilience4rs::Registry;
/// use resilience_tower::{CircuitBreakerLayer, GrpcStatus};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let breaker = Registry::new().circuit_breaker("prices");
/// let watch = ServiceBuilder::new()
///     .layer(CircuitBreakerLayer::new(breaker.clone()).classify(GrpcStatus::new()))
///     .service(service_fn(|_: Request<()>| async {
///         Ok::<_, std::io::Error>(Response::new("prices, for days"))
///     }));
/// watch.oneshot(Request::new(())).await.unwrap();
/// assert_eq!(breaker.metrics().successful_calls, 1);
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct GrpcStatus {
    max_pushback: Duration,
}

impl GrpcStatus {
    /// With waits of up to 60 seconds.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            max_pushback: Duration::from_secs(60),
        }
    }

    /// The longest pushback that is waited for; past it, a retry gives up.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience_tower::GrpcStatus;
    ///
    /// let patient = GrpcStatus::new().max_pushback(Duration::from_secs(600));
    /// assert!(format!("{patient:?}").contains("600s"));
    /// ```
    #[must_use]
    pub const fn max_pushback(mut self, longest: Duration) -> Self {
        self.max_pushback = longest;
        self
    }
}

impl Default for GrpcStatus {
    fn default() -> Self {
        Self::new()
    }
}

impl<Res: HttpResponse, E> ClassifyRetry<Res, E> for GrpcStatus {
    fn classify_retry(&self, outcome: Result<&Res, &E>) -> RetryVerdict {
        let Ok(response) = outcome else {
            return RetryVerdict::Retry;
        };
        let code = code_of_head(response);
        match (code, pushback(response.headers())) {
            (Some(UNAVAILABLE | RESOURCE_EXHAUSTED), Some(Pushback::Never)) => RetryVerdict::GiveUp,
            (Some(UNAVAILABLE | RESOURCE_EXHAUSTED), Some(Pushback::Wait(wait))) => {
                no_sooner(Some(wait), self.max_pushback)
            }
            (Some(UNAVAILABLE), None) => RetryVerdict::Retry,
            _ => RetryVerdict::Accept,
        }
    }
}

/// By [`grpc_verdict`], of the head alone: a call whose head tells no status has begun well, and is a
/// success, whatever its trailers will say.
impl<Res: HttpResponse, E> Classify<Res, E> for GrpcStatus {
    fn classify(&self, outcome: Result<&Res, &E>) -> Verdict {
        match outcome {
            Ok(response) => code_of_head(response).map_or(Verdict::Success, grpc_verdict),
            Err(_) => Verdict::Failure,
        }
    }
}

enum Pushback {
    Wait(Duration),
    Never,
}

/// As gRPC's design of retries has it, what is no number means no other attempt.
fn pushback(headers: &HeaderMap) -> Option<Pushback> {
    let text = headers.get(PUSHBACK)?.to_str().unwrap_or_default();
    Some(match text.parse() {
        Ok(millis) => Pushback::Wait(Duration::from_millis(millis)),
        Err(_) => Pushback::Never,
    })
}

/// The status in headers or trailers; what is there and no number is `UNKNOWN`.
pub(super) fn code_in(headers: &HeaderMap) -> Option<i32> {
    let value = headers.get(STATUS)?;
    let code = value.to_str().ok().and_then(|text| text.parse().ok());
    Some(code.unwrap_or(UNKNOWN))
}

/// The status of a response whose head tells it: in the header, or because it is no response of gRPC,
/// but of something in between.
pub(super) fn code_of_head(response: &impl HttpResponse) -> Option<i32> {
    let by_http = || match response.status() {
        StatusCode::OK => None,
        StatusCode::BAD_REQUEST => Some(INTERNAL),
        StatusCode::UNAUTHORIZED => Some(UNAUTHENTICATED),
        StatusCode::FORBIDDEN => Some(PERMISSION_DENIED),
        StatusCode::NOT_FOUND => Some(UNIMPLEMENTED),
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Some(UNAVAILABLE),
        _ => Some(UNKNOWN),
    };
    code_in(response.headers()).or_else(by_http)
}
