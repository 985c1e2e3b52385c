//! Traits.

use super::*;

trait Quotes {
    type Error;
    const SOURCE: &'static str;

    async fn quote(&self, id: u8) -> Result<u8, Self::Error>;
    fn name(&self) -> &'static str;
    fn checked(&self, id: u8) -> Answer {
        if id == 0 { Err(ApiError::Down) } else { Ok(id) }
    }
}

struct Exchange<'a, T> {
    registry: &'a Registry,
    offset: T,
}

#[circuit_breaker("exchange", registry = self.registry)]
#[allow(clippy::unused_async, reason = "another attribute of the block")]
impl<T: Copy + Into<u8>> Quotes for Exchange<'_, T>
where
    T: Send,
{
    type Error = ApiError;
    const SOURCE: &'static str = "exchange";

    async fn quote(&self, id: u8) -> Result<u8, Self::Error> {
        Ok(id + self.offset.into())
    }

    fn name(&self) -> &'static str {
        Self::SOURCE
    }
}

#[tokio::test]
async fn methods_of_a_trait_impl_are_guarded() {
    let registry = registry();
    let exchange = Exchange {
        registry: &registry,
        offset: 1_u8,
    };
    assert_eq!(exchange.quote(1).await, Ok(2));
    open(&registry, "exchange");
    assert_eq!(exchange.quote(1).await, rejected("exchange"));
    assert_eq!(exchange.name(), "exchange");
    assert_eq!(exchange.checked(1), Ok(1));
    assert_eq!(exchange.checked(0), Err(ApiError::Down));
}
