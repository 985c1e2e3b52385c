//! Functions that return a value, and no `Result`: a fallback answers a rejected call.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self,
    reason = "a fallback has the signature of its function, whether or not it needs all of it"
)]
#![allow(clippy::unwrap_used, reason = "a test")]

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};

use resilience4rs::{Clock, Failure, PolicyError, Registry, circuit_breaker};

struct Cache {
    registry: Registry,
    values: Vec<String>,
    misses: AtomicU32,
}

#[derive(Debug, Clone, PartialEq)]
struct Page(u16);

impl Cache {
    fn new() -> Self {
        Self {
            registry: Registry::builder().clock(Clock::manual()).build(),
            values: vec!["a".to_owned(), "b".to_owned()],
            misses: AtomicU32::new(0),
        }
    }

    fn open(&self, name: &str) {
        let breaker = self.registry.circuit_breaker(name);
        breaker.transition_to_open().unwrap();
    }

    /// What the breaker of that name counted: successes and failures.
    fn counts(&self, name: &str) -> (u64, u64) {
        let metrics = self.registry.circuit_breaker(name).metrics();
        (metrics.successful_calls, metrics.failed_calls)
    }

    #[circuit_breaker("find", registry = self.registry, record_result(None), fallback = nothing)]
    async fn find(&self, index: usize) -> Option<&str> {
        tokio::task::yield_now().await;
        let value = self.values.get(index)?;
        Some(value)
    }

    async fn nothing(&self, _: usize, error: PolicyError) -> Option<&str> {
        assert!(matches!(error, PolicyError::CircuitOpen(_)));
        tokio::task::yield_now().await;
        None
    }

    #[circuit_breaker("count", registry = self.registry, fallback = zero)]
    fn count(&self) -> usize {
        self.values.len()
    }

    fn zero(&self, failure: Failure<Infallible>) -> usize {
        let Failure::Policy(_) = failure;
        0
    }

    #[circuit_breaker("note", registry = self.registry, fallback = missed)]
    async fn note(&mut self, text: String) {
        self.values.push(text);
    }

    fn missed(&mut self, _: String, _: PolicyError) {
        *self.misses.get_mut() += 1;
    }

    #[circuit_breaker("note plain", registry = self.registry, fallback = missed_plain)]
    fn note_plain(&self) {
        self.misses.fetch_add(1, Ordering::Relaxed);
    }

    fn missed_plain(&self, _: PolicyError) {
        self.misses.fetch_add(100, Ordering::Relaxed);
    }

    #[circuit_breaker(
        "page",
        registry = self.registry,
        plain,
        record_result(Page(500..)),
        fallback(Failure::Policy(PolicyError::CircuitOpen(_)) => unavailable, _ => unavailable)
    )]
    async fn page(&self, status: u16) -> Page {
        Page(status)
    }

    fn unavailable(&self, _: u16, _: PolicyError) -> Page {
        Page(503)
    }

    #[circuit_breaker("page", registry = self.registry, plain, fallback = unavailable)]
    fn boxed_page(&self, status: u16) -> Pin<Box<dyn Future<Output = Page> + Send + '_>> {
        Box::pin(async move { Page(status) })
    }

    #[circuit_breaker("lines", registry = self.registry, fallback = no_lines)]
    fn lines<'a>(&'a self, prefix: &'a str) -> impl Future<Output = Vec<String>> + Send + use<'a> {
        async move {
            self.values
                .iter()
                .map(|value| prefix.to_owned() + value)
                .collect()
        }
    }

    async fn no_lines(&self, _: &str, _: PolicyError) -> Vec<String> {
        Vec::new()
    }

    #[circuit_breaker("each", registry = self.registry, plain, fallback = none_at_all)]
    fn each(&self) -> impl Iterator<Item = String> + use<> {
        self.values.clone().into_iter()
    }

    fn none_at_all(&self, _: PolicyError) -> std::vec::IntoIter<String> {
        Vec::new().into_iter()
    }
}

#[tokio::test]
async fn an_option_is_a_success_unless_it_is_recorded() {
    let cache = Cache::new();
    assert_eq!(cache.find(1).await, Some("b"));
    assert_eq!(cache.find(2).await, None);
    assert_eq!(cache.counts("find"), (1, 1));
    cache.open("find");
    assert_eq!(cache.find(1).await, None);
}

#[test]
fn a_plain_value_comes_from_the_body_or_the_fallback() {
    let cache = Cache::new();
    assert_eq!(cache.count(), 2);
    assert_eq!(cache.counts("count"), (1, 0));
    cache.open("count");
    assert_eq!(cache.count(), 0);
}

#[tokio::test]
async fn a_function_that_returns_nothing_is_guarded() {
    let mut cache = Cache::new();
    cache.note("c".to_owned()).await;
    cache.note_plain();
    assert_eq!((cache.values.len(), *cache.misses.get_mut()), (3, 1));
    assert_eq!(cache.counts("note"), (1, 0));
    cache.open("note");
    cache.open("note plain");
    cache.note("c".to_owned()).await;
    cache.note_plain();
    assert_eq!((cache.values.len(), *cache.misses.get_mut()), (3, 102));
}

#[tokio::test]
async fn a_type_of_ones_own_is_declared_plain() {
    let cache = Cache::new();
    assert_eq!(cache.page(200).await, Page(200));
    assert_eq!(cache.page(500).await, Page(500));
    assert_eq!(cache.boxed_page(204).await, Page(204));
    assert_eq!(cache.counts("page"), (2, 1));
    cache.open("page");
    assert_eq!(cache.page(200).await, Page(503));
    assert_eq!(cache.boxed_page(200).await, Page(503));
}

#[tokio::test]
async fn futures_and_iterators_of_values_are_guarded() {
    let cache = Cache::new();
    assert_eq!(cache.lines("-").await, ["-a", "-b"]);
    assert_eq!(cache.each().count(), 2);
    cache.open("lines");
    cache.open("each");
    assert!(cache.lines("-").await.is_empty());
    assert_eq!(cache.each().count(), 0);
}

#[circuit_breaker("borrowed value", fallback = no_text)]
async fn borrowed(text: &str) -> &str {
    tokio::task::yield_now().await;
    text
}

async fn no_text(_: &str, _: PolicyError) -> &str {
    tokio::task::yield_now().await;
    ""
}

#[tokio::test]
async fn the_future_of_a_borrowed_value_can_be_spawned() {
    let task = tokio::spawn(async { borrowed("abc").await.len() });
    assert_eq!(task.await.unwrap(), 3);
}

#[circuit_breaker("panics", registry = registry, fallback = no_number)]
fn number(registry: &Registry, text: &str) -> u32 {
    text.parse().unwrap()
}

fn no_number(_: &Registry, _: &str, _: PolicyError) -> u32 {
    0
}

#[test]
fn a_panic_is_a_failure_and_unwinds_on() {
    let registry = Registry::new();
    assert_eq!(number(&registry, "1"), 1);
    std::panic::catch_unwind(|| number(&registry, "x")).unwrap_err();
    let metrics = registry.circuit_breaker("panics").metrics();
    assert_eq!((metrics.successful_calls, metrics.failed_calls), (1, 1));
}
