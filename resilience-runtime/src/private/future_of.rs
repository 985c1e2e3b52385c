//! Telling the compiler what a future brings.

use std::future::Future;

/// The future itself, of which the expansion knows the output.
#[inline]
pub fn future_of<R, F: Future<Output = R>>(future: F) -> F {
    future
}
