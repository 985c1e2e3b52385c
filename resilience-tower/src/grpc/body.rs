use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use resilience_runtime::{OwnedPermit, Verdict};

use super::status::{UNKNOWN, code_in};

pin_project! {
    /// The body of a response in a [`GrpcCircuitBreakerLayer`](super::GrpcCircuitBreakerLayer): it has
    /// the call's permit until its trailers tell the status. Dropped before that, the call was cancelled;
    /// a body that breaks off, or ends without a status, is a failure.
    pub struct GrpcBody<B> {
        #[pin]
        body: B,
        // Gone when the call has been counted.
        open: Option<Open>,
    }
}

/// A call whose status is still to come.
pub(super) struct Open {
    pub(super) permit: OwnedPermit,
    pub(super) classify: Box<dyn Fn(i32) -> Verdict + Send + Sync>,
}

impl Open {
    fn settle(self, code: i32) {
        settle(self.permit, (self.classify)(code));
    }
}

pub(super) fn settle(permit: OwnedPermit, verdict: Verdict) {
    match verdict {
        Verdict::Success => permit.success(),
        Verdict::Failure => permit.failure(),
        Verdict::Ignored => permit.ignore(),
    }
}

impl<B: Body> GrpcBody<B> {
    /// Of a call that has been counted.
    pub(crate) fn counted(body: B) -> Self {
        Self { body, open: None }
    }

    /// Of a call whose status is in the trailers.
    pub(super) fn open(body: B, open: Open) -> Self {
        if body.is_end_stream() {
            open.settle(UNKNOWN);
            return Self::counted(body);
        }
        Self {
            body,
            open: Some(open),
        }
    }
}

impl<B: Body> Body for GrpcBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let frame = ready!(this.body.as_mut().poll_frame(cx));
        let code = match &frame {
            Some(Ok(frame)) => match frame.trailers_ref() {
                Some(trailers) => Some(code_in(trailers).unwrap_or(UNKNOWN)),
                // Who polls may stop here, and the trailers never come.
                None if this.body.is_end_stream() => Some(UNKNOWN),
                None => None,
            },
            Some(Err(_)) | None => Some(UNKNOWN),
        };
        if let Some(code) = code
            && let Some(open) = this.open.take()
        {
            open.settle(code);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B: Default> Default for GrpcBody<B> {
    fn default() -> Self {
        Self {
            body: B::default(),
            open: None,
        }
    }
}

impl<B: fmt::Debug> fmt::Debug for GrpcBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrpcBody")
            .field("body", &self.body)
            .field("is_counted", &self.open.is_none())
            .finish()
    }
}
