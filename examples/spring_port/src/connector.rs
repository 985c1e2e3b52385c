//! What both backends can do: Java's interface `Connector`.

use crate::error::BackendError;

pub(crate) type Answer = Result<String, BackendError>;

/// A backend. `async fn` in a trait does not promise a future that may go from thread to thread, which
/// a web server asks for; `impl Future + Send` does, and an `async fn` implements it.
pub(crate) trait Connector: Send + Sync + 'static {
    fn success(&self) -> impl Future<Output = Answer> + Send;

    fn failure(&self) -> impl Future<Output = Answer> + Send;

    /// Fails by an error that is to be ignored.
    fn ignore(&self) -> impl Future<Output = Answer> + Send;

    /// Goes well, in more time than a breaker likes.
    fn slow_success(&self) -> impl Future<Output = Answer> + Send;

    /// Fails, and answers all the same.
    fn fallback(&self) -> impl Future<Output = Answer> + Send;
}
