//! Receivers.

use super::*;

#[derive(Clone)]
struct Client {
    registry: Arc<Registry>,
    calls: u32,
    path: Vec<&'static str>,
}

impl Client {
    fn new() -> Self {
        Self {
            registry: Arc::new(registry()),
            calls: 0,
            path: Vec::new(),
        }
    }

    #[circuit_breaker("outer", registry = self.registry, fallback = shared_backup)]
    #[circuit_breaker("inner", registry = self.registry, fallback = shared_refusal)]
    async fn shared(&self, text: String) -> Result<String, Down> {
        drop(text);
        Err(Down)
    }

    async fn shared_backup(&self, text: String, _: Failure<Down>) -> Result<String, Down> {
        Ok(text)
    }

    fn shared_refusal(&self, _: String, _: Failure<Down>) -> Result<String, Down> {
        Err(Down)
    }

    #[circuit_breaker("outer", registry = self.registry, fallback = exclusive_backup)]
    #[circuit_breaker("middle", registry = self.registry, fallback = free::refusal)]
    #[circuit_breaker("inner", registry = self.registry, fallback = Self::exclusive_refusal)]
    async fn exclusive(&mut self, text: String) -> Result<String, Down> {
        self.calls += 1;
        self.path.push("body");
        drop(text);
        std::future::ready(()).await;
        Err(Down)
    }

    async fn exclusive_backup(&mut self, text: String, _: Failure<Down>) -> Result<String, Down> {
        self.path.push("outer");
        Ok(text)
    }

    fn exclusive_refusal(&mut self, _: String, _: Failure<Down>) -> Result<String, Down> {
        self.path.push("inner");
        Err(Down)
    }

    #[circuit_breaker("outer", registry = self.registry, fallback = exclusive_plain_backup)]
    #[circuit_breaker("inner", registry = self.registry, fallback = Self::exclusive_refusal)]
    fn exclusive_plain(&mut self, text: String) -> Result<String, Down> {
        self.path.push("body");
        drop(text);
        Err(Down)
    }

    fn exclusive_plain_backup(&mut self, text: String, _: Failure<Down>) -> Result<String, Down> {
        self.path.push("outer");
        Ok(text)
    }

    #[circuit_breaker("outer", registry = self.registry, fallback = owned_backup)]
    #[circuit_breaker("inner", registry = self.registry, fallback = owned_refusal)]
    async fn owned(self, text: &str) -> Result<String, Down> {
        drop(self.path);
        Err(Down)
    }

    fn owned_backup(self, text: &str, _: Failure<Down>) -> Result<String, Down> {
        Ok(format!("{text} {}", self.calls))
    }

    fn owned_refusal(self, _: &str, _: Failure<Down>) -> Result<String, Down> {
        Err(Down)
    }
}

mod free {
    use super::{Down, Failure};

    pub(super) fn refusal(_: String, _: Failure<Down>) -> Result<String, Down> {
        Err(Down)
    }
}

#[tokio::test]
async fn receivers_reach_the_body_and_every_fallback() {
    let mut client = Client::new();
    let text = || "text".to_owned();
    assert_eq!(sendable(client.shared(text())).await, Ok(text()));
    assert_eq!(sendable(client.exclusive(text())).await, Ok(text()));
    assert_eq!(client.path, ["body", "inner", "outer"]);
    client.path.clear();
    assert_eq!(client.exclusive_plain(text()), Ok(text()));
    assert_eq!(client.path, ["body", "inner", "outer"]);
    assert_eq!(client.owned("text").await, Ok("text 1".to_owned()));
}
