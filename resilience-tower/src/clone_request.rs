use http::{Method, Request};

/// The header by which a client lets a server know a repeated request, whatever its method.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// How a retry gets the request for another attempt.
///
/// `None` means that this request is not to be repeated: it is made once, and its outcome is the call's.
/// Closures from `&Req` to `Option<Req>` are such; [`Idempotent`] is what layers use unless told
/// otherwise.
///
/// ```
/// use http::Request;
/// use resilience_tower::CloneRequest;
///
/// // A body that is read once: repeated only where there is none.
/// struct Upload(Option<std::fs::File>);
///
/// let without_body = |request: &Request<Upload>| {
///     let copy = request.clone_parts();
///     request.body().0.is_none().then(|| copy)
/// };
/// # trait CloneParts { fn clone_parts(&self) -> Request<Upload>; }
/// # impl CloneParts for Request<Upload> {
/// #     fn clone_parts(&self) -> Request<Upload> {
/// #         let mut copy = Request::new(Upload(None));
/// #         *copy.method_mut() = self.method().clone();
/// #         *copy.uri_mut() = self.uri().clone();
/// #         *copy.headers_mut() = self.headers().clone();
/// #         copy
/// #     }
/// # }
/// let empty = Request::get("/files").body(Upload(None)).unwrap();
/// assert_eq!(without_body.clone_request(&empty).unwrap().uri(), "/files");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot make a second request of a `{Req}`",
    label = "its body is read once, or it is no request of HTTP",
    note = "give the layer `.clone_request(...)` a closure from `&{Req}` to `Option<{Req}>`; `None` is a request that is not retried"
)]
pub trait CloneRequest<Req>: Clone + Send + Sync + 'static {
    /// The request for another attempt, if there may be one.
    fn clone_request(&self, request: &Req) -> Option<Req>;
}

impl<Req, F> CloneRequest<Req> for F
where
    F: Fn(&Req) -> Option<Req> + Clone + Send + Sync + 'static,
{
    fn clone_request(&self, request: &Req) -> Option<Req> {
        self(request)
    }
}

/// Clones requests whose method is idempotent by RFC 9110 (`GET`, `HEAD`, `OPTIONS`, `TRACE`, `PUT` and
/// `DELETE`), or that have an `Idempotency-Key`. A `POST` without one is made once: nobody knows whether
/// the attempt that failed was carried out.
///
/// It is for [`http::Request`] with a body that is `Clone`, and with the feature `reqwest`, for
/// `reqwest::Request`, which is repeated unless its body is a stream.
///
/// ```
/// use http::Request;
/// use resilience_tower::{CloneRequest, Idempotent};
///
/// let get = Request::get("/").body("").unwrap();
/// assert!(Idempotent.clone_request(&get).is_some());
///
/// let post = Request::post("/").body("10 EUR").unwrap();
/// assert!(Idempotent.clone_request(&post).is_none());
/// let known = Request::post("/").header("Idempotency-Key", "4711").body("10 EUR").unwrap();
/// assert_eq!(Idempotent.clone_request(&known).unwrap().body(), &"10 EUR");
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Idempotent;

/// Clones requests of every method: where the service is known to take each of them twice.
///
/// ```
/// use http::Request;
/// use resilience_tower::{AnyMethod, CloneRequest};
///
/// let search = Request::post("/search").body("query").unwrap();
/// assert_eq!(AnyMethod.clone_request(&search).unwrap().body(), &"query");
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct AnyMethod;

fn is_repeatable(method: &Method, headers: &http::HeaderMap) -> bool {
    method.is_idempotent() || headers.contains_key(IDEMPOTENCY_KEY)
}

impl<B: Clone> CloneRequest<Request<B>> for Idempotent {
    fn clone_request(&self, request: &Request<B>) -> Option<Request<B>> {
        is_repeatable(request.method(), request.headers()).then(|| request.clone())
    }
}

impl<B: Clone> CloneRequest<Request<B>> for AnyMethod {
    fn clone_request(&self, request: &Request<B>) -> Option<Request<B>> {
        Some(request.clone())
    }
}

#[cfg(feature = "reqwest")]
impl CloneRequest<reqwest::Request> for Idempotent {
    fn clone_request(&self, request: &reqwest::Request) -> Option<reqwest::Request> {
        if is_repeatable(request.method(), request.headers()) {
            request.try_clone()
        } else {
            None
        }
    }
}

#[cfg(feature = "reqwest")]
impl CloneRequest<reqwest::Request> for AnyMethod {
    fn clone_request(&self, request: &reqwest::Request) -> Option<reqwest::Request> {
        request.try_clone()
    }
}
