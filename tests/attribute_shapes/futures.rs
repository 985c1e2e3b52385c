//! Futures.

use super::*;

#[circuit_breaker("shape of a plain part", registry = registry)]
fn with_a_plain_part(
    registry: &Registry,
    prepared: &std::cell::Cell<u32>,
) -> impl Future<Output = Result<u8, PolicyError>> {
    prepared.set(prepared.get() + 1);
    async { Ok(7) }
}

#[tokio::test]
async fn what_comes_before_the_future_is_not_guarded() {
    let registry = registry();
    let prepared = std::cell::Cell::new(0);
    open(&registry, "shape of a plain part");
    assert!(with_a_plain_part(&registry, &prepared).await.is_err());
    assert_eq!(prepared.get(), 1);
}

struct Service {
    registry: Registry,
    answer: Result<u8, ApiError>,
}

impl Service {
    #[circuit_breaker("opaque future", registry = self.registry, fallback = backup)]
    fn opaque(&self, id: u8) -> impl Future<Output = Result<u8, ApiError>> + Send {
        let answer = self.answer.clone();
        async move { Ok(answer? + id) }
    }

    #[circuit_breaker("boxed future", registry = self.registry, fallback = backup)]
    fn boxed(&self, id: u8) -> Pin<Box<dyn Future<Output = Result<u8, ApiError>> + Send + '_>> {
        Box::pin(async move { Ok(self.answer.clone()? + id) })
    }

    #[circuit_breaker("static future", registry = self.registry)]
    fn detached(
        &self,
        id: u8,
    ) -> impl Future<Output = Result<u8, ApiError>> + Send + 'static + use<> {
        let answer = self.answer.clone();
        async move { Ok(answer? + id) }
    }

    async fn backup(&self, id: u8, _: Failure<ApiError>) -> Result<u8, ApiError> {
        Ok(id + 100)
    }
}

#[tokio::test]
async fn functions_that_return_futures_are_guarded() {
    let healthy = Service {
        registry: registry(),
        answer: Ok(1),
    };
    assert_eq!(sendable(healthy.opaque(1)).await, Ok(2));
    assert_eq!(sendable(healthy.boxed(1)).await, Ok(2));
    assert_eq!(sendable(healthy.detached(1)).await, Ok(2));
    for name in ["opaque future", "boxed future", "static future"] {
        assert_eq!(
            healthy
                .registry
                .circuit_breaker(name)
                .metrics()
                .successful_calls,
            1,
            "{name}"
        );
        open(&healthy.registry, name);
    }
    assert_eq!(healthy.opaque(1).await, Ok(101));
    assert_eq!(healthy.boxed(1).await, Ok(101));
    assert!(is_rejected(healthy.detached(1).await));
}
