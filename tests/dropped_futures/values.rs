//! Functions that cannot fail, generated: every async shape with every kind of fallback.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unused_async,
    clippy::unused_self,
    reason = "a fallback has the signature of its function, whether or not it needs all of it"
)]

use crate::shape::Shape;

/// The async shapes of functions that cannot fail, under one kind of fallback.
macro_rules! values {
    ($module:ident, $description:literal, $awaits_fallback:literal, [$($fallback:tt)*]) => {
        mod $module {
            #![allow(dead_code, reason = "each kind uses one of the fallbacks")]
            use std::future::Future;
            use std::pin::Pin;
            use std::sync::Arc;

            use resilience4rs::{PolicyError, Registry, circuit_breaker};

            use crate::shape::{End, Shape, awaits};

            async fn later(_: Arc<Registry>, _: End, _: PolicyError) -> u8 {
                awaits().await;
                2
            }

            fn at_once(_: Arc<Registry>, _: End, _: PolicyError) -> u8 {
                2
            }

            async fn body() -> u8 {
                awaits().await;
                1
            }

            #[circuit_breaker("dropped", registry = registry, $($fallback)*)]
            async fn free(registry: Arc<Registry>, end: End) -> u8 {
                body().await
            }

            #[circuit_breaker("dropped", registry = registry, plain, $($fallback)*)]
            fn opaque(registry: Arc<Registry>, end: End) -> impl Future<Output = u8> {
                body()
            }

            #[circuit_breaker("dropped", registry = registry, $($fallback)*)]
            fn boxed(registry: Arc<Registry>, end: End) -> Pin<Box<dyn Future<Output = u8>>> {
                Box::pin(body())
            }

            pub(super) fn shapes() -> Vec<Shape> {
                shapes!($description, false, $awaits_fallback, |registry, end| {
                    free: free(registry, end),
                    opaque: opaque(registry, end),
                    boxed: boxed(registry, end),
                })
            }
        }
    };
}

values!(
    value_with_async,
    "value, async fallback,",
    true,
    [fallback = later]
);
values!(
    value_with_plain,
    "value, plain fallback,",
    false,
    [fallback = at_once]
);
values!(value_by_pattern, "value, fallbacks by pattern,", true, [fallback(_ => later)]);

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = Shape> {
    [
        value_with_async::shapes(),
        value_with_plain::shapes(),
        value_by_pattern::shapes(),
    ]
    .into_iter()
    .flatten()
}
