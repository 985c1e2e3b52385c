use crate::bulkhead::Bulkhead;
use crate::bulkhead::call::{Guarded, GuardedBlocking};
use crate::layer::{BlockingLayer, Layer};
use crate::outcome::Outcome;

/// An async call in a bulkhead.
#[inline]
pub fn in_bulkhead<R, F>(policy: &Bulkhead, body: F) -> impl Layer<Output = R>
where
    F: Layer<Output = R>,
    R: Outcome,
{
    Guarded::new(policy, body)
}

/// A plain call in a bulkhead.
#[inline]
pub fn in_bulkhead_blocking<R, F>(policy: &Bulkhead, body: F) -> impl BlockingLayer<Output = R>
where
    F: BlockingLayer<Output = R>,
    R: Outcome,
{
    GuardedBlocking::new(policy, body)
}
