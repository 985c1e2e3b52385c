//! What becomes of a call that has timed out.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

use super::TimeLimiter;
use crate::failure::PolicyError;
use crate::layer::Layer;
use crate::parking::block_on;
use crate::trace::Carried;

/// Lets go of the body of a call that has timed out.
pub(crate) trait AtTimeout<F> {
    /// Leaves `None`.
    fn let_go(&self, limiter: &TimeLimiter, body: Pin<&mut Option<F>>);
}

/// It is dropped where it is.
#[derive(Debug)]
pub(crate) struct Cancel;

impl<F> AtTimeout<F> for Cancel {
    fn let_go(&self, _limiter: &TimeLimiter, mut body: Pin<&mut Option<F>>) {
        body.set(None);
    }
}

/// It is handed on, to finish in the background.
#[derive(Debug)]
pub(crate) enum Detach {
    /// Because the caller says so.
    Always,
    /// Because the call site may, unless the settings have been overruled since.
    UnlessCancelled,
}

impl<F: Layer + Send + 'static> AtTimeout<Boxed<F>> for Detach {
    fn let_go(&self, limiter: &TimeLimiter, body: Pin<&mut Option<Boxed<F>>>) {
        let body = body.get_mut().take();
        let detaches = match self {
            Self::Always => true,
            Self::UnlessCancelled => !limiter.config().cancel_running_future(),
        };
        if let Some(body) = body.filter(|_| detaches) {
            finish_in_background(body);
        }
    }
}

/// On the runtime that the caller is in, or else on a thread of its own. Where neither can be had,
/// it is dropped.
fn finish_in_background(body: Boxed<impl Layer + Send + 'static>) {
    let abandoned = Abandoned {
        body,
        carried: Carried::from_here(),
    };
    #[cfg(feature = "tokio")]
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        drop(runtime.spawn(abandoned));
        return;
    }
    let thread = thread::Builder::new().name("resilience4rs-detached".to_owned());
    drop(thread.spawn(|| block_on(abandoned)));
}

/// A body that can change its owner while it runs.
pub(crate) struct Boxed<F> {
    body: Pin<Box<F>>,
}

impl<F> Boxed<F> {
    pub(crate) fn new(body: F) -> Self {
        Self {
            body: Box::pin(body),
        }
    }
}

impl<F: Layer> Layer for Boxed<F> {
    type Output = F::Output;
    type Outcome = F::Outcome;

    #[inline]
    fn poll_layer(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Outcome> {
        self.get_mut().body.as_mut().poll_layer(cx)
    }

    #[inline]
    fn look_at(outcome: &F::Outcome) -> Result<&F::Output, &PolicyError> {
        F::look_at(outcome)
    }

    #[inline]
    fn result_of(outcome: F::Outcome) -> Result<F::Output, PolicyError> {
        F::result_of(outcome)
    }
}

/// A body whose outcome nobody waits for. The policies inside it still hear of it.
struct Abandoned<F> {
    body: Boxed<F>,
    carried: Carried,
}

impl<F: Layer> Future for Abandoned<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { body, carried } = self.get_mut();
        carried.within(|| Pin::new(body).poll_layer(cx).map(drop))
    }
}

impl<F> fmt::Debug for Boxed<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Boxed").finish_non_exhaustive()
    }
}
