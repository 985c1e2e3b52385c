//! Functions that return a `Result`, generated: every async shape with every kind of fallback.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unused_async,
    clippy::unused_self,
    reason = "a fallback has the signature of its function, whether or not it needs all of it"
)]

use crate::shape::Shape;

/// The async shapes of functions that return a `Result`, under one kind of fallback.
macro_rules! results {
    ($module:ident, $description:literal, $awaits_fallback:literal, [$($fallback:tt)*]) => {
        mod $module {
            #![allow(dead_code, reason = "not every kind has a fallback")]
            use std::future::Future;
            use std::pin::Pin;
            use std::sync::Arc;

            use async_trait::async_trait;
            use resilience4rs::{Failure, Registry, circuit_breaker};

            use crate::shape::{End, Shape, Wrong, awaits};

            type Answer = Result<u8, Wrong>;

            async fn body(end: End) -> Answer {
                awaits().await;
                match end {
                    End::Success => Ok(1),
                    End::Failure => Err(Wrong),
                }
            }

            async fn later(_: Arc<Registry>, _: End, _: Failure<Wrong>) -> Answer {
                awaits().await;
                Ok(2)
            }

            fn at_once(_: Arc<Registry>, _: End, _: Failure<Wrong>) -> Answer {
                Ok(2)
            }

            #[circuit_breaker("dropped", registry = registry, $($fallback)*)]
            async fn free(registry: Arc<Registry>, end: End) -> Answer {
                body(end).await
            }

            #[circuit_breaker("dropped", registry = registry, $($fallback)*)]
            fn opaque(registry: Arc<Registry>, end: End) -> impl Future<Output = Answer> {
                body(end)
            }

            #[circuit_breaker("dropped", registry = registry, $($fallback)*)]
            fn boxed(
                registry: Arc<Registry>,
                end: End,
            ) -> Pin<Box<dyn Future<Output = Answer> + Send>> {
                Box::pin(body(end))
            }

            #[circuit_breaker("dropped", registry = registry, $($fallback)*)]
            async fn generic<const N: usize>(registry: Arc<Registry>, end: End) -> Answer {
                body(end).await
            }

            struct Service;

            impl Service {
                async fn later(&self, _: Arc<Registry>, _: End, _: Failure<Wrong>) -> Answer {
                    awaits().await;
                    Ok(2)
                }

                fn at_once(&self, _: Arc<Registry>, _: End, _: Failure<Wrong>) -> Answer {
                    Ok(2)
                }

                #[circuit_breaker("dropped", registry = registry, $($fallback)*)]
                async fn shared(&self, registry: Arc<Registry>, end: End) -> Answer {
                    body(end).await
                }

                #[circuit_breaker("dropped", registry = registry, $($fallback)*)]
                async fn exclusive(&mut self, registry: Arc<Registry>, end: End) -> Answer {
                    body(end).await
                }

                #[circuit_breaker("dropped", registry = registry, $($fallback)*)]
                fn opaque_method(
                    &self,
                    registry: Arc<Registry>,
                    end: End,
                ) -> impl Future<Output = Answer> {
                    body(end)
                }
            }

            struct Shared;

            impl Shared {
                async fn later(
                    self: Arc<Self>,
                    _: Arc<Registry>,
                    _: End,
                    _: Failure<Wrong>,
                ) -> Answer {
                    awaits().await;
                    Ok(2)
                }

                fn at_once(
                    self: Arc<Self>,
                    _: Arc<Registry>,
                    _: End,
                    _: Failure<Wrong>,
                ) -> Answer {
                    Ok(2)
                }

                #[circuit_breaker("dropped", registry = registry, $($fallback)*)]
                async fn arc(self: Arc<Self>, registry: Arc<Registry>, end: End) -> Answer {
                    body(end).await
                }
            }

            trait Native {
                async fn native(&self, registry: Arc<Registry>, end: End) -> Answer;
            }

            impl Native for Service {
                #[circuit_breaker("dropped", registry = registry, $($fallback)*)]
                async fn native(&self, registry: Arc<Registry>, end: End) -> Answer {
                    body(end).await
                }
            }

            #[async_trait]
            trait Dynamic {
                async fn dynamic(&self, registry: Arc<Registry>, end: End) -> Answer;
            }

            #[async_trait]
            impl Dynamic for Service {
                #[circuit_breaker("dropped", registry = registry, $($fallback)*)]
                async fn dynamic(&self, registry: Arc<Registry>, end: End) -> Answer {
                    let _used = registry;
                    body(end).await
                }
            }

            #[async_trait(?Send)]
            trait Local {
                async fn local(&self, registry: Arc<Registry>, end: End) -> Answer;
            }

            #[async_trait(?Send)]
            impl Local for Service {
                #[circuit_breaker("dropped", registry = registry, $($fallback)*)]
                async fn local(&self, registry: Arc<Registry>, end: End) -> Answer {
                    let _used = registry;
                    body(end).await
                }
            }

            pub(super) fn shapes() -> Vec<Shape> {
                shapes!($description, true, $awaits_fallback, |registry, end| {
                    free: free(registry, end),
                    opaque: opaque(registry, end),
                    boxed: boxed(registry, end),
                    generic: generic::<3>(registry, end),
                    shared: Service.shared(registry, end),
                    exclusive: Service.exclusive(registry, end),
                    opaque_method: Service.opaque_method(registry, end),
                    arc: Arc::new(Shared).arc(registry, end),
                    native: Service.native(registry, end),
                    dynamic: Service.dynamic(registry, end),
                    local: Service.local(registry, end),
                })
            }
        }
    };
}

results!(alone, "without fallback,", false, []);
results!(with_async, "async fallback,", true, [fallback = later]);
results!(with_plain, "plain fallback,", false, [fallback = at_once]);
results!(
    by_pattern,
    "fallbacks by pattern,",
    true,
    [fallback(Failure::Policy(_) => later, Failure::Call(_) if true => later)]
);
/// All of them.
pub(crate) fn all() -> impl Iterator<Item = Shape> {
    [
        alone::shapes(),
        with_async::shapes(),
        with_plain::shapes(),
        by_pattern::shapes(),
    ]
    .into_iter()
    .flatten()
}
