use crate::circuit_breaker::CircuitBreaker;
use crate::circuit_breaker::call::{Guarded, GuardedBlocking};
use crate::layer::{BlockingLayer, Layer};
use crate::outcome::{Outcome, Verdict};

/// How a call counts where the attribute names no patterns.
#[inline]
#[must_use]
pub fn classify_errors<V, E>(result: Result<&V, &E>) -> Verdict {
    Verdict::plain(result)
}

/// An async call in a circuit breaker.
///
/// What it returns has no name, here and at the other policies, so that a body which is no
/// [`Outcome`] is refused once, by this function, and not again by everything around it.
#[inline]
pub fn in_circuit_breaker<R, F, C>(
    policy: &CircuitBreaker,
    classify: C,
    body: F,
) -> impl Layer<Output = R>
where
    F: Layer<Output = R>,
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> Verdict,
{
    Guarded::new(policy, classify, body)
}

/// A plain call in a circuit breaker.
#[inline]
pub fn in_circuit_breaker_blocking<R, F, C>(
    policy: &CircuitBreaker,
    classify: C,
    body: F,
) -> impl BlockingLayer<Output = R>
where
    F: BlockingLayer<Output = R>,
    R: Outcome,
    C: FnOnce(Result<&R::Value, &R::Error>) -> Verdict,
{
    GuardedBlocking::new(policy, classify, body)
}
