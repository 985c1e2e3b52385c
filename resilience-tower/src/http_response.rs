use http::{Extensions, HeaderMap, StatusCode};

/// What layers look at of a response to HTTP: [`http::Response`] of any body, and with the feature
/// `reqwest`, `reqwest::Response`.
///
/// ```
/// use http::StatusCode;
/// use resilience_tower::HttpResponse;
///
/// assert_eq!(HttpResponse::status(&http::Response::new(())), StatusCode::OK);
/// ```
pub trait HttpResponse {
    /// Its status.
    fn status(&self) -> StatusCode;

    /// Its headers.
    fn headers(&self) -> &HeaderMap;

    /// What goes along with it in this process.
    fn extensions(&self) -> &Extensions;

    /// The same, to be changed.
    fn extensions_mut(&mut self) -> &mut Extensions;
}

impl<B> HttpResponse for http::Response<B> {
    fn status(&self) -> StatusCode {
        self.status()
    }

    fn headers(&self) -> &HeaderMap {
        self.headers()
    }

    fn extensions(&self) -> &Extensions {
        self.extensions()
    }

    fn extensions_mut(&mut self) -> &mut Extensions {
        self.extensions_mut()
    }
}

#[cfg(feature = "reqwest")]
impl HttpResponse for reqwest::Response {
    fn status(&self) -> StatusCode {
        self.status()
    }

    fn headers(&self) -> &HeaderMap {
        self.headers()
    }

    fn extensions(&self) -> &Extensions {
        self.extensions()
    }

    fn extensions_mut(&mut self) -> &mut Extensions {
        self.extensions_mut()
    }
}
