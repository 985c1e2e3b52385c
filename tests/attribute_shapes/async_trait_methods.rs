//! Async trait methods.

use async_trait::async_trait;

use super::*;

#[async_trait]
trait Quotes: Send + Sync {
    fn registry(&self) -> &Registry;

    async fn quote(&self, id: u8, text: &str) -> Result<u8, ApiError>;

    #[circuit_breaker("async_trait default", registry = self.registry())]
    async fn doubled(&self, id: u8) -> Result<u8, ApiError> {
        Ok(self.quote(id, "").await? * 2)
    }
}

struct Exchange {
    registry: Registry,
    calls: u8,
}

#[async_trait]
impl Quotes for Exchange {
    fn registry(&self) -> &Registry {
        &self.registry
    }

    #[circuit_breaker("async_trait", registry = self.registry, fallback = Self::cached)]
    async fn quote(&self, id: u8, text: &str) -> Result<u8, ApiError> {
        if id == 0 {
            return Err(ApiError::Down);
        }
        tokio::task::yield_now().await;
        Ok(id + u8::try_from(text.len()).map_err(|_| ApiError::Down)?)
    }
}

impl Exchange {
    async fn cached(&self, id: u8, text: &str, _: Failure<ApiError>) -> Result<u8, ApiError> {
        Ok(id + 100 + u8::try_from(text.len()).unwrap())
    }
}

#[tokio::test]
async fn async_trait_methods_are_guarded() {
    let exchange: Box<dyn Quotes> = Box::new(Exchange {
        registry: registry(),
        calls: 0,
    });
    assert_eq!(sendable(exchange.quote(1, "ab")).await, Ok(3));
    assert_eq!(exchange.quote(0, "ab").await, Ok(102));
    assert_eq!(exchange.doubled(1).await, Ok(2));
    open(exchange.registry(), "async_trait");
    assert_eq!(exchange.quote(1, "ab").await, Ok(103));
    open(exchange.registry(), "async_trait default");
    assert!(is_rejected(exchange.doubled(1).await));
}

#[async_trait]
trait Counting {
    async fn count(&mut self) -> Result<u8, ApiError>;
}

#[async_trait]
impl Counting for Exchange {
    #[circuit_breaker("async_trait exclusive", registry = self.registry, fallback = self::no_count)]
    async fn count(&mut self) -> Result<u8, ApiError> {
        self.calls += 1;
        if self.calls == 2 {
            Err(ApiError::Down)
        } else {
            Ok(self.calls)
        }
    }
}

fn no_count(_: Failure<ApiError>) -> Result<u8, ApiError> {
    Ok(0)
}

#[tokio::test]
async fn exclusive_async_trait_methods_take_a_free_fallback() {
    let mut exchange = Exchange {
        registry: registry(),
        calls: 0,
    };
    assert_eq!(exchange.count().await, Ok(1));
    assert_eq!(exchange.count().await, Ok(0));
    assert_eq!(exchange.count().await, Ok(3));
}
