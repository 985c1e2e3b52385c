use crate::layer::Layer;
use crate::outcome::Outcome;
use crate::time_limiter::TimeLimiter;
use crate::time_limiter::call::Limited;
use crate::time_limiter::timeout::{Boxed, Cancel, Detach};

/// An async call in a time limiter, dropped when its time is over.
#[inline]
pub fn in_time_limiter<R, F>(policy: &TimeLimiter, body: F) -> impl Layer<Output = R>
where
    F: Layer<Output = R>,
    R: Outcome,
{
    Limited::new(policy, Cancel, body)
}

/// An async call in a time limiter that may run on when its time is over. It does unless the
/// instance's `cancel_running_future` says otherwise: the attribute's own setting may have been
/// overruled.
#[inline]
pub fn in_detaching_time_limiter<R, F>(policy: &TimeLimiter, body: F) -> impl Layer<Output = R>
where
    F: Layer<Output = R> + Send + 'static,
    R: Outcome,
{
    Limited::new(policy, Detach::UnlessCancelled, Boxed::new(body))
}
