//! What a function under test is.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use resilience4rs::{PolicyError, Registry};

/// How often a body awaits, and a fallback.
pub(crate) const AWAITS: usize = 3;

/// How the body ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum End {
    Success,
    Failure,
}

/// What the body fails with.
pub(crate) struct Wrong;

impl From<PolicyError> for Wrong {
    fn from(_: PolicyError) -> Self {
        Self
    }
}

pub(crate) type LocalFuture = Pin<Box<dyn Future<Output = ()>>>;

/// A function under test: how it is called, and what it is.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) call: fn(Arc<Registry>, End) -> LocalFuture,
    /// Whether a failed call goes on in a fallback that awaits as often as the body does.
    pub(crate) awaits_fallback: bool,
    /// Whether the body can fail.
    pub(crate) can_fail: bool,
}

/// What every body does, and every async fallback.
pub(crate) async fn awaits() {
    for _ in 0..AWAITS {
        tokio::task::yield_now().await;
    }
}

/// One [`Shape`] for each call.
macro_rules! shapes {
    ($module:literal, $can_fail:literal, $awaits_fallback:literal, |$registry:ident, $end:ident| {
        $($name:ident: $call:expr,)*
    }) => {
        vec![$(Shape {
            name: concat!($module, " ", stringify!($name)),
            call: |$registry, $end| Box::pin(async move { let _answer = $call.await; }),
            awaits_fallback: $awaits_fallback,
            can_fail: $can_fail,
        }),*]
    };
}
