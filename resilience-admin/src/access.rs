//! Who may do what.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, Uri};

/// Decides who may do what: the one place where that is decided.
///
/// A closure is one, and so are [`BearerTokens`](crate::BearerTokens). It is asked on the task that
/// serves the request, and must not block: what takes longer, such as asking another service, is for a
/// layer around the router, which leaves its answer in the request's
/// [extensions](AccessRequest::extensions).
///
/// Believe nothing that a browser sends along by itself, such as a cookie or the address that it comes
/// from: a page of somebody else's could make it write.
///
/// ```
/// use resilience_admin::{Access, AccessRequest, Admin, Principal, Refusal};
/// use resilience4rs::Registry;
///
/// // Set by a proxy that has asked for a client certificate, and strips the header from outside.
/// let by_certificate = |request: &AccessRequest<'_>| {
///     let name = request.headers().get("x-client-name").ok_or(Refusal::Unauthenticated)?;
///     let name = name.to_str().map_err(|_| Refusal::Unauthenticated)?;
///     Principal::new(name).map_err(|_| Refusal::Unauthenticated)
/// };
/// let admin = Admin::builder(&Registry::new()).authorizer(by_certificate).build();
/// ```
pub trait Authorizer: Send + Sync + 'static {
    /// Who is asking, if they may do it.
    ///
    /// # Errors
    /// When they may not.
    fn authorize(&self, request: &AccessRequest<'_>) -> Result<Principal, Refusal>;
}

impl<F> Authorizer for F
where
    F: Fn(&AccessRequest<'_>) -> Result<Principal, Refusal> + Send + Sync + 'static,
{
    fn authorize(&self, request: &AccessRequest<'_>) -> Result<Principal, Refusal> {
        self(request)
    }
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Access {
    /// To see something.
    Read,
    /// To change the state of a breaker.
    Write,
}

/// Somebody refuses to let a request through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It does not say who is asking, or not credibly: answered with 401.
    #[error("it is not known who is asking")]
    Unauthenticated,
    /// Who is asking may not do this: answered with 403.
    #[error("who is asking may not do this")]
    Forbidden,
}

/// The name of who is asking, for the audit: it has 1 to 256 bytes, and nothing that could begin
/// another line of a log.
///
/// ```
/// use resilience_admin::Principal;
///
/// assert_eq!(Principal::new("alice").unwrap().name(), "alice");
/// assert!(Principal::new("").is_err());
/// assert!(Principal::new("alice\nbob").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principal(Arc<str>);

/// A text is no name of a [`Principal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a principal has 1 to 256 bytes, and no control characters")]
#[non_exhaustive]
pub struct InvalidPrincipal;

const LONGEST_PRINCIPAL: usize = 256;

impl Principal {
    /// Takes a name.
    ///
    /// # Errors
    /// When it is empty, longer than 256 bytes, or has control characters.
    pub fn new(name: impl AsRef<str>) -> Result<Self, InvalidPrincipal> {
        let name = name.as_ref();
        if name.is_empty() || name.len() > LONGEST_PRINCIPAL || name.contains(char::is_control) {
            return Err(InvalidPrincipal);
        }
        Ok(Self(name.into()))
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A request as an [`Authorizer`] sees it: all but its body, which is not read before somebody may
/// write.
#[derive(Debug, Clone, Copy)]
pub struct AccessRequest<'a> {
    parts: &'a Parts,
    access: Access,
}

impl<'a> AccessRequest<'a> {
    pub(crate) fn new(parts: &'a Parts, access: Access) -> Self {
        Self { parts, access }
    }

    /// What somebody wants to do.
    #[must_use]
    pub fn access(&self) -> Access {
        self.access
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    /// The target; without the prefix, where the router is nested.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.parts.uri
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// Where the connection comes from, if the service is served with
    /// `into_make_service_with_connect_info::<SocketAddr>()`. Behind a proxy it is the proxy's address.
    #[must_use]
    pub fn peer(&self) -> Option<SocketAddr> {
        let ConnectInfo(peer) = self.extensions().get::<ConnectInfo<SocketAddr>>()?;
        Some(*peer)
    }

    /// What layers around the router have left.
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        &self.parts.extensions
    }
}
