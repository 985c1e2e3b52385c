use std::ops::ControlFlow;

use resilience_runtime::{Failure, Retry, RetryVerdict};
use tower_service::Service;

use crate::classify::ClassifyRetry;
use crate::clone_request::{AnyMethod, CloneRequest, Idempotent};
use crate::deliver::{AsFailure, Deliver};
use crate::grpc::GrpcStatus;
use crate::http_status::HttpStatus;
use crate::policy_layer::{Around, PolicyLayer, make_call, sealed};
use crate::select::Select;

/// A retry as a layer.
///
/// Each attempt is a call of a clone of the service. Which outcomes are retried, and after which wait,
/// is said by [`HttpStatus`], and which requests may be made again by [`Idempotent`], unless
/// [`classify`](Self::classify) and [`clone_request`](Self::clone_request) say otherwise. An attempt is
/// judged by the head of its response. A response that is retried is dropped; that of the last attempt
/// reaches the caller as it is, unless the instance's `fail_after_max_attempts` says otherwise.
///
/// ```
/// use http::{Request, Response};
/// use resilience4rs::Registry;
/// use resilience_tower::RetryLayer;
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use std::time::Duration;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let retry = Registry::new()
///     .retry_with("rates", |config| config.wait_duration(Duration::from_millis(1)))
///     .unwrap();
/// let asked = Arc::new(AtomicU32::new(0));
/// let counter = Arc::clone(&asked);
/// let client = ServiceBuilder::new()
///     .layer(RetryLayer::new(retry))
///     .service(service_fn(move |_: Request<&str>| {
///         let status = if counter.fetch_add(1, Ordering::Relaxed) == 0 { 503 } else { 200 };
///         async move { Ok::<_, std::io::Error>(Response::builder().status(status).body(()).unwrap()) }
///     }));
///
/// let response = client.clone().oneshot(Request::get("/usd").body("").unwrap()).await.unwrap();
/// assert_eq!((response.status().as_u16(), asked.swap(0, Ordering::Relaxed)), (200, 2));
///
/// let post = Request::post("/usd").body("1.08").unwrap();
/// assert_eq!(client.oneshot(post).await.unwrap().status(), 503, "it may have been carried out");
/// # }
/// ```
pub type RetryLayer<I = Retry, C = HttpStatus, R = Idempotent, D = AsFailure> =
    PolicyLayer<RetryPolicy<I, C, R>, D>;

/// What [`RetryLayer`] puts around a service.
#[derive(Debug, Clone)]
pub struct RetryPolicy<I, C, R> {
    instance: I,
    classify: C,
    clone_request: R,
}

impl<I> RetryLayer<I> {
    /// By this instance, or by the one that a closure [selects](Select) for the request.
    pub fn new(instance: I) -> Self {
        Self::of(RetryPolicy {
            instance,
            classify: HttpStatus::new(),
            clone_request: Idempotent,
        })
    }
}

impl<I> RetryLayer<I, GrpcStatus, AnyMethod> {
    /// For calls of gRPC: by [`GrpcStatus`], and although all of them are `POST`.
    ///
    /// The request's body must be `Clone` even so, which those of tonic's clients are not; around such
    /// a client, retry the call of its method instead, whose message is a value.
    ///
    /// ```
    /// use http::{Request, Response};
    /// use resilience4rs::Registry;
    /// use resilience_tower::RetryLayer;
    /// use tower::{ServiceBuilder, ServiceExt, service_fn};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let retry = Registry::new()
    ///     .retry_with("rates", |config| config.wait_duration(std::time::Duration::from_millis(1)))
    ///     .unwrap();
    /// let down = service_fn(|_: Request<()>| async {
    ///     let response = Response::builder().header("grpc-status", "14").body(()).unwrap();
    ///     Ok::<_, std::io::Error>(response)
    /// });
    /// let client = ServiceBuilder::new().layer(RetryLayer::grpc(retry.clone())).service(down);
    /// client.oneshot(Request::post("/rates.Rates/Get").body(()).unwrap()).await.unwrap();
    /// assert_eq!(retry.metrics().failed_calls_with_retry, 1);
    /// # }
    /// ```
    pub fn grpc(instance: I) -> Self {
        Self::of(RetryPolicy {
            instance,
            classify: GrpcStatus::new(),
            clone_request: AnyMethod,
        })
    }
}

impl<I, C, R, D> RetryLayer<I, C, R, D> {
    /// Which outcomes are retried: a closure from `Result<&Response, &Error>` to a [`RetryVerdict`], or
    /// any other [`ClassifyRetry`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    /// use resilience_tower::{HttpStatus, RetryLayer};
    ///
    /// let retry = Registry::new().retry("rates");
    /// let patient = HttpStatus::new().max_retry_after(Duration::from_secs(600));
    /// let layer = RetryLayer::new(retry).classify(patient);
    /// assert!(format!("{layer:?}").contains("600s"));
    /// ```
    pub fn classify<N>(self, classify: N) -> RetryLayer<I, N, R, D> {
        PolicyLayer {
            policy: RetryPolicy {
                instance: self.policy.instance,
                classify,
                clone_request: self.policy.clone_request,
            },
            deliver: self.deliver,
        }
    }

    /// Which requests may be made again, and how: a closure from `&Request` to `Option<Request>`, or
    /// any other [`CloneRequest`].
    ///
    /// ```
    /// use resilience4rs::Registry;
    /// use resilience_tower::{AnyError, RetryLayer};
    /// use tower::{ServiceBuilder, ServiceExt, service_fn};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let retry = Registry::new()
    ///     .retry_with("rates", |config| config.wait_duration(std::time::Duration::from_millis(1)))
    ///     .unwrap();
    /// let service = ServiceBuilder::new()
    ///     .layer(RetryLayer::new(retry.clone()).classify(AnyError).clone_request(|n: &u32| Some(*n)))
    ///     .service(service_fn(|_: u32| async { Err::<(), _>(std::fmt::Error) }));
    /// assert!(service.oneshot(1).await.is_err());
    /// assert_eq!(retry.metrics().total_calls, 3);
    /// # }
    /// ```
    pub fn clone_request<N>(self, clone_request: N) -> RetryLayer<I, C, N, D> {
        PolicyLayer {
            policy: RetryPolicy {
                instance: self.policy.instance,
                classify: self.policy.classify,
                clone_request,
            },
            deliver: self.deliver,
        }
    }
}

impl<I, C, R> sealed::Sealed for RetryPolicy<I, C, R> {}

impl<S, Req, I, C, R, D> Around<S, Req, D> for RetryPolicy<I, C, R>
where
    S: Service<Req, Response: Send + 'static, Error: Send + 'static, Future: Send>
        + Clone
        + Send
        + 'static,
    Req: Send + 'static,
    I: Select<Req, Retry>,
    C: ClassifyRetry<S::Response, S::Error>,
    R: CloneRequest<Req>,
    D: Deliver<S::Response, S::Error>,
{
    fn around(
        &self,
        service: S,
        request: Req,
        deliver: D,
    ) -> impl Future<Output = Result<S::Response, Failure<S::Error>>> + Send + 'static {
        let retry = self.instance.select(&request);
        let Self {
            classify,
            clone_request,
            ..
        } = self.clone();
        async move {
            let mut request = request;
            let mut attempts = retry.attempts();
            loop {
                let is_last = attempts.is_last();
                let spare = if is_last {
                    None
                } else {
                    clone_request.clone_request(&request)
                };
                let may_repeat = is_last || spare.is_some();
                let call = make_call(service.clone(), request);
                let outcome = match attempts.attempt(call).await {
                    Ok(outcome) => outcome,
                    Err(error) => break Err(Failure::Policy(error)),
                };
                let by_policy = deliver.seen(outcome.as_ref()).cloned();
                let is_by_policy = by_policy.is_some();
                let judged = if let Some(error) = by_policy.filter(|_| may_repeat) {
                    // What the service returned is kept: it is the response that stands for the error.
                    let judged = attempts.judge::<Result<S::Response, S::Error>>(
                        |_| RetryVerdict::GiveUp,
                        Err(error),
                    );
                    judged.map_break(|_| Ok(outcome))
                } else {
                    let verdict = |outcome: Result<&S::Response, &S::Error>| {
                        if is_by_policy {
                            return RetryVerdict::GiveUp;
                        }
                        let verdict = classify.classify_retry(outcome);
                        if may_repeat || verdict == RetryVerdict::Accept {
                            verdict
                        } else {
                            RetryVerdict::GiveUp
                        }
                    };
                    attempts.judge(verdict, Ok(outcome))
                };
                match (judged, spare) {
                    (ControlFlow::Continue(wait), Some(again)) => {
                        wait.await;
                        request = again;
                    }
                    (ControlFlow::Break(Ok(outcome)), _) => break outcome.map_err(Failure::Call),
                    (ControlFlow::Break(Err(error)), _) => break Err(Failure::Policy(error)),
                    (ControlFlow::Continue(_), None) => {
                        unreachable!("an attempt that was told to be the last is followed by none")
                    }
                }
            }
        }
    }
}
