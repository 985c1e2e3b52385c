//! Boxed by async trait.

use super::*;

#[async_trait::async_trait]
trait Quotes: Send + Sync {
    async fn quote(&self, text: String) -> Answer;
    async fn listed(&self, into: &mut Vec<u8>) -> Answer;
    fn name(&self) -> &'static str;
}

struct Above(&'static Registry);
struct Below(&'static Registry);

#[circuit_breaker("quotes", registry = self.0, fallback = backup)]
#[async_trait::async_trait]
impl Quotes for Above {
    async fn quote(&self, text: String) -> Answer {
        let length = std::future::ready(text.len()).await;
        u8::try_from(length).map_err(|_| ApiError::Down)
    }

    #[circuit_breaker("listed", registry = self.0)]
    async fn listed(&self, into: &mut Vec<u8>) -> Answer {
        into.push(1);
        Ok(1)
    }

    fn name(&self) -> &'static str {
        "above"
    }
}

impl Above {
    async fn backup(&self, text: String, _: Failure<ApiError>) -> Answer {
        Ok(if text.is_empty() { 1 } else { 100 })
    }
}

#[async_trait::async_trait]
#[circuit_breaker("quotes", registry = self.0, fallback = backup)]
impl Quotes for Below {
    async fn quote(&self, text: String) -> Answer {
        let length = std::future::ready(text.len()).await;
        u8::try_from(length).map_err(|_| ApiError::Down)
    }

    #[circuit_breaker("listed", registry = self.0)]
    async fn listed(&self, into: &mut Vec<u8>) -> Answer {
        into.push(1);
        Ok(1)
    }

    fn name(&self) -> &'static str {
        "below"
    }
}

impl Below {
    async fn backup(&self, text: String, _: Failure<ApiError>) -> Answer {
        Ok(if text.is_empty() { 1 } else { 100 })
    }
}

async fn check(quotes: Box<dyn Quotes>, registry: &Registry, name: &str) {
    assert_eq!(quotes.quote("abc".to_owned()).await, Ok(3));
    assert_eq!(quotes.quote("a".repeat(300)).await, Ok(100));
    assert_eq!(counts(registry, "quotes"), (1, 1));
    open(registry, "quotes");
    assert_eq!(quotes.quote("abc".to_owned()).await, Ok(100));
    let mut list = Vec::new();
    assert_eq!(quotes.listed(&mut list).await, Ok(1));
    open(registry, "listed");
    assert_eq!(quotes.listed(&mut list).await, rejected("listed"));
    assert_eq!(list, [1]);
    assert_eq!(quotes.name(), name);
}

#[tokio::test]
async fn the_attribute_may_stand_above_async_trait() {
    let registry: &'static Registry = Box::leak(Box::new(registry()));
    check(Box::new(Above(registry)), registry, "above").await;
}

#[tokio::test]
async fn the_attribute_may_stand_below_async_trait() {
    let registry: &'static Registry = Box::leak(Box::new(registry()));
    check(Box::new(Below(registry)), registry, "below").await;
}
