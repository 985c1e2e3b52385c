//! Traits.

use super::*;

trait Quotes {
    fn registry(&self) -> &Registry;

    async fn quote(&self, id: u8) -> Result<u8, ApiError>;

    #[circuit_breaker("default method", registry = self.registry(), fallback = doubled_backup)]
    async fn doubled(&self, id: u8) -> Result<u8, ApiError> {
        Ok(self.quote(id).await? * 2)
    }

    async fn doubled_backup(&self, id: u8, _: Failure<ApiError>) -> Result<u8, ApiError> {
        Ok(id)
    }
}

struct Exchange(Registry);

impl Quotes for Exchange {
    fn registry(&self) -> &Registry {
        &self.0
    }

    #[circuit_breaker("trait impl", registry = self.0, fallback = Self::cached)]
    async fn quote(&self, id: u8) -> Result<u8, ApiError> {
        Ok(id + 1)
    }
}

impl Exchange {
    async fn cached(&self, id: u8, _: Failure<ApiError>) -> Result<u8, ApiError> {
        Ok(id)
    }
}

#[tokio::test]
async fn native_async_trait_methods_and_defaults_are_guarded() {
    let exchange = Exchange(registry());
    assert_eq!(exchange.doubled(1).await, Ok(4));
    open(exchange.registry(), "trait impl");
    assert_eq!(exchange.doubled(1).await, Ok(2));
    open(exchange.registry(), "default method");
    assert_eq!(exchange.doubled(1).await, Ok(1));
}

trait Backup {
    fn backup(&self, id: u8, failure: Failure<ApiError>) -> Result<u8, ApiError>;
}

impl Backup for Exchange {
    fn backup(&self, id: u8, _: Failure<ApiError>) -> Result<u8, ApiError> {
        Ok(id + 20)
    }
}

impl Exchange {
    #[circuit_breaker("qualified", registry = self.0, fallback = <Self as Backup>::backup)]
    async fn qualified(&self, id: u8) -> Result<u8, ApiError> {
        Err(ApiError::Down)
    }
}

#[tokio::test]
async fn fallback_of_a_trait_gets_the_receiver() {
    assert_eq!(Exchange(registry()).qualified(1).await, Ok(21));
}
