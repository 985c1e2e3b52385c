//! Several fallbacks, of which the failure chooses one.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self,
    reason = "a fallback has the signature of its function, whether or not it needs all of it"
)]
#![allow(clippy::unwrap_used, reason = "a test")]

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use resilience4rs::{Clock, Failure, PolicyError, Registry, circuit_breaker};

#[derive(Debug, Clone, PartialEq, Eq)]
enum ApiError {
    Down,
    Status(u16),
    Rejected,
}

impl From<PolicyError> for ApiError {
    fn from(_: PolicyError) -> Self {
        Self::Rejected
    }
}

fn registry() -> Registry {
    Registry::builder().clock(Clock::manual()).build()
}

struct Service {
    registry: Registry,
    calls: u32,
}

type Answer = Result<String, ApiError>;

impl Service {
    fn new() -> Self {
        Self {
            registry: registry(),
            calls: 0,
        }
    }

    fn open(self, name: &str) -> Self {
        let breaker = self.registry.circuit_breaker(name);
        breaker.transition_to_open().unwrap();
        self
    }

    /// Each kind of path and of fallback: a method by its name, async; a free function, plain; an
    /// associated path that takes the error itself.
    #[circuit_breaker(
        "service",
        registry = self.registry,
        fallback(
            Failure::Policy(PolicyError::CircuitOpen { .. }) => queue_it,
            Failure::Call(ApiError::Status(code @ 500..)) if code % 2 == 0 => self::even,
            Failure::Call(ApiError::Status(500..) | ApiError::Down) => Self::odd,
        )
    )]
    async fn get(&self, text: String, end: Answer) -> Answer {
        end.map(|end| text + &end)
    }

    async fn queue_it(&self, text: String, _: Answer, failure: Failure<ApiError>) -> Answer {
        assert!(matches!(failure, Failure::Policy(_)));
        tokio::task::yield_now().await;
        Ok(format!("queued {text}"))
    }

    fn odd(&self, text: String, _: Answer, error: ApiError) -> Answer {
        Ok(format!("odd {text} {error:?}"))
    }

    #[circuit_breaker(
        "exclusive",
        registry = self.registry,
        fallback(
            Failure::Call(ApiError::Down) => self::without_receiver,
            Failure::Policy(_) | Failure::Call(ApiError::Status(_)) => counted,
            _ => Self::refuse,
        )
    )]
    async fn exclusive(&mut self, buffer: &mut Vec<u8>, end: ApiError) -> Result<u32, ApiError> {
        self.calls += 1;
        buffer.push(1);
        Err(end)
    }

    fn counted(
        &mut self,
        buffer: &mut Vec<u8>,
        _: ApiError,
        _: Failure<ApiError>,
    ) -> Result<u32, ApiError> {
        self.calls += 10;
        buffer.push(2);
        Ok(self.calls)
    }

    async fn refuse(
        &mut self,
        _: &mut Vec<u8>,
        _: ApiError,
        failure: Failure<ApiError>,
    ) -> Result<u32, ApiError> {
        let Failure::Call(error) = failure else {
            unreachable!()
        };
        Err(error)
    }

    #[circuit_breaker(
        "opaque",
        registry = self.registry,
        fallback(Failure::Call(ApiError::Down) => queue_down)
    )]
    fn opaque(&self, end: Answer) -> impl Future<Output = Answer> + Send {
        async move { end }
    }

    async fn queue_down(&self, _: Answer, _: Failure<ApiError>) -> Answer {
        Ok("down".to_owned())
    }
}

struct ArcService(Registry);

impl ArcService {
    #[circuit_breaker(
        "arc",
        registry = self.0,
        fallback(Failure::Policy(_) => opened, Failure::Call(ApiError::Down) => self::down)
    )]
    fn boxed(
        self: Arc<Self>,
        text: String,
        end: Answer,
    ) -> Pin<Box<dyn Future<Output = Answer> + Send>> {
        Box::pin(async move { end.map(|end| text + &end) })
    }

    async fn opened(self: Arc<Self>, text: String, _: Answer, _: Failure<ApiError>) -> Answer {
        tokio::task::yield_now().await;
        Ok(format!("open {text}"))
    }
}

fn down(text: String, _: Answer, _: Failure<ApiError>) -> Answer {
    Ok(format!("down {text}"))
}

fn even(text: String, _: Answer, failure: Failure<ApiError>) -> Answer {
    Ok(format!("even {text} {failure:?}"))
}

fn without_receiver(
    buffer: &mut Vec<u8>,
    _: ApiError,
    _: Failure<ApiError>,
) -> Result<u32, ApiError> {
    buffer.push(3);
    Ok(0)
}

fn text(text: &str) -> String {
    text.to_owned()
}

#[tokio::test]
async fn the_first_pattern_that_matches_chooses_who_answers() {
    let service = Service::new();
    let get = async |end| service.get(text("a"), end).await;
    assert_eq!(get(Ok(text("b"))).await, Ok(text("ab")));
    assert_eq!(
        get(Err(ApiError::Status(500))).await,
        Ok(text("even a Call(Status(500))"))
    );
    assert_eq!(
        get(Err(ApiError::Status(501))).await,
        Ok(text("odd a Status(501)"))
    );
    assert_eq!(get(Err(ApiError::Down)).await, Ok(text("odd a Down")));
    let service = service.open("service");
    assert_eq!(
        service.get(text("a"), Ok(text("b"))).await,
        Ok(text("queued a"))
    );
}

#[tokio::test]
async fn a_failure_that_no_pattern_matches_goes_on_outwards() {
    let service = Service::new();
    let unmatched = Err(ApiError::Status(404));
    assert_eq!(service.get(text("a"), unmatched.clone()).await, unmatched);
    assert_eq!(service.opaque(unmatched.clone()).await, unmatched);
    assert_eq!(service.opaque(Err(ApiError::Down)).await, Ok(text("down")));
    let service = service.open("opaque");
    assert_eq!(service.opaque(Ok(text("a"))).await, Err(ApiError::Rejected));
}

#[tokio::test]
async fn each_fallback_gets_the_receiver_and_the_arguments_by_its_own_path() {
    let mut service = Service::new();
    let mut buffer = Vec::new();
    let status = ApiError::Status(404);
    assert_eq!(service.exclusive(&mut buffer, ApiError::Down).await, Ok(0));
    assert_eq!(service.exclusive(&mut buffer, status.clone()).await, Ok(12));
    assert_eq!(
        service.exclusive(&mut buffer, ApiError::Rejected).await,
        Err(ApiError::Rejected)
    );
    assert_eq!(buffer, [1, 3, 1, 2, 1]);
    let mut service = service.open("exclusive");
    assert_eq!(service.exclusive(&mut buffer, status).await, Ok(23));
    assert_eq!(buffer, [1, 3, 1, 2, 1, 2]);
}

#[tokio::test]
async fn a_boxed_future_has_several_fallbacks_and_can_be_spawned() {
    let service = Arc::new(ArcService(registry()));
    let answer = tokio::spawn(Arc::clone(&service).boxed(text("a"), Err(ApiError::Down)));
    assert_eq!(answer.await.unwrap(), Ok(text("down a")));
    let unmatched = Err(ApiError::Status(404));
    let answer = Arc::clone(&service).boxed(text("a"), unmatched.clone());
    assert_eq!(answer.await, unmatched);
    let breaker = service.0.circuit_breaker("arc");
    breaker.transition_to_open().unwrap();
    let answer = service.boxed(text("a"), Ok(text("b")));
    assert_eq!(answer.await, Ok(text("open a")));
}

/// An error without a `From<PolicyError>` will do when the policy's failures are all answered.
#[derive(Debug, PartialEq)]
struct Unconvertible(Cell<u8>);

#[circuit_breaker(
    "unconvertible",
    registry = registry,
    fallback(Failure::Call(Unconvertible(code)) if code.get() == 1 => one, Failure::Policy(..) => zero)
)]
fn unconvertible(registry: &Registry, code: u8) -> Result<u8, Unconvertible> {
    Err(Unconvertible(Cell::new(code)))
}

fn one(_: &Registry, code: u8, _: Failure<Unconvertible>) -> Result<u8, Unconvertible> {
    Ok(code)
}

fn zero(_: &Registry, _: u8, _: Failure<Unconvertible>) -> Result<u8, Unconvertible> {
    Ok(0)
}

#[test]
fn an_error_without_conversion_goes_on_where_the_policy_is_answered() {
    let registry = registry();
    assert_eq!(unconvertible(&registry, 1), Ok(1));
    let unmatched = unconvertible(&registry, 2);
    assert_eq!(unmatched, Err(Unconvertible(Cell::new(2))));
    let breaker = registry.circuit_breaker("unconvertible");
    breaker.transition_to_open().unwrap();
    assert_eq!(unconvertible(&registry, 2), Ok(0));
}

#[circuit_breaker(
    "not sync",
    registry = registry,
    fallback(Failure::Call(Unconvertible(code)) if code.get() == 1 => later, _ => later)
)]
async fn not_sync(registry: Arc<Registry>, code: u8) -> Result<u8, Unconvertible> {
    Err(Unconvertible(Cell::new(code)))
}

async fn later(
    _: Arc<Registry>,
    code: u8,
    failure: Failure<Unconvertible>,
) -> Result<u8, Unconvertible> {
    tokio::task::yield_now().await;
    drop(failure);
    Ok(code)
}

#[tokio::test]
async fn the_future_is_send_though_the_error_cannot_be_shared() {
    let task = tokio::spawn(not_sync(Arc::new(registry()), 2));
    assert_eq!(task.await.unwrap(), Ok(2));
}

#[circuit_breaker(
    "guarded arm",
    registry = registry,
    fallback(Failure::Policy(PolicyError::CircuitOpen(open)) if open.retry_after.is_none() => never, _ if false => never)
)]
fn guarded_arm(registry: &Registry) -> Result<u8, ApiError> {
    Err(ApiError::Down)
}

fn never(_: &Registry, _: Failure<ApiError>) -> Result<u8, ApiError> {
    Ok(0)
}

#[test]
fn an_arm_with_a_guard_is_not_sure_to_answer() {
    let registry = registry();
    assert_eq!(guarded_arm(&registry), Err(ApiError::Down));
    let breaker = registry.circuit_breaker("guarded arm");
    breaker.transition_to_open().unwrap();
    assert_eq!(guarded_arm(&registry), Err(ApiError::Rejected));
}
