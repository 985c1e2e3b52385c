//! Who listens, and in which span, on another thread.

use tracing::Span;
use tracing::dispatcher::{self, Dispatch};
use tracing::level_filters::LevelFilter;

/// The subscriber and the span of the task that hands a call to another thread.
#[derive(Debug)]
pub(crate) struct Carried(Option<(Dispatch, Span)>);

impl Carried {
    /// Those of this thread.
    pub(crate) fn from_here() -> Self {
        let is_heard = LevelFilter::current() != LevelFilter::OFF;
        Self(is_heard.then(|| (dispatcher::get_default(Dispatch::clone), Span::current())))
    }

    /// Runs code with them.
    pub(crate) fn within<T>(&self, code: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some((dispatch, span)) => dispatcher::with_default(dispatch, || span.in_scope(code)),
            None => code(),
        }
    }
}
