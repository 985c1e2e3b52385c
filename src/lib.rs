//! Fault tolerance for Rust services, with the terms, the behaviour and the defaults of
//! Resilience4j.
//!
//! # The first circuit breaker
//!
//! Put [`#[circuit_breaker]`](macro@circuit_breaker) on a function that calls something that can
//! fail. Name the instance, and say who answers when the call fails or is not made:
//!
//! ```
//! use resilience4rs::{Failure, Registry, State, circuit_breaker};
//!
//! # #[derive(Debug)]
//! # struct Unreachable;
//! #[circuit_breaker("exchange", sliding_window_size = 4, fallback = yesterdays_rate)]
//! fn rate(currency: &str) -> Result<f64, Unreachable> {
//!     Err(Unreachable)
//! }
//!
//! fn yesterdays_rate(_currency: &str, _: Failure<Unreachable>) -> Result<f64, Unreachable> {
//!     Ok(1.08)
//! }
//!
//! for _ in 0..4 {
//!     assert_eq!(rate("USD").unwrap(), 1.08);
//! }
//! // All of the last four calls failed: the fifth is not made.
//! let exchange = Registry::global().circuit_breaker("exchange");
//! assert_eq!(exchange.state(), State::Open);
//! assert_eq!(rate("USD").unwrap(), 1.08);
//! assert_eq!(exchange.metrics().not_permitted_calls, 1);
//! ```
//!
//! # Choosing settings
//!
//! The defaults are Resilience4j's: a window of 100 calls, of which half must fail before the breaker
//! opens for a minute. What to ask for each dependency:
//!
//! - **How much traffic is there?** A rate is judged from `minimum_number_of_calls` calls on. A service
//!   with little traffic wants a shorter window, or one by time (`sliding_window_type = "TIME_BASED"`, its
//!   size in seconds), or it never opens.
//! - **When is slow as good as down?** `slow_call_duration_threshold` makes slowness count: callers of a
//!   dependency that answers in a minute wait in a line that takes the service with it.
//! - **How long does it take to come back?** `wait_duration_in_open_state`; too short, and the probes are
//!   the load that keeps it down.
//! - **Which errors are the caller's own fault**, such as a declined card? They say nothing about the
//!   dependency: name them in `ignore_errors`, or say it once for the whole service with
//!   [`#[derive(ErrorClass)]`](derive@ErrorClass) and `classify`.
//!
//! All settings are in the attributes' documentation. The compiler checks each value, and the rules
//! between them; one that is without effect draws a warning.
//!
//! # Fallbacks, or none
//!
//! A fallback takes the arguments of its function and then the failure, either as [`Failure`] or,
//! where that has a `From<PolicyError>`, as the function's own error. It catches what leaves its own
//! attribute: failures of that policy and of everything inside it. Several are chosen by pattern:
//!
//! ```
//! use resilience4rs::{Failure, PolicyError, circuit_breaker};
//!
//! #[derive(Debug, PartialEq)]
//! enum StockError { NoSuchItem, Unreachable, Rejected }
//! # impl From<PolicyError> for StockError { fn from(_: PolicyError) -> Self { Self::Rejected } }
//!
//! #[circuit_breaker("stock", ignore_errors(StockError::NoSuchItem), fallback(
//!     Failure::Policy(PolicyError::CircuitOpen { .. }) => last_known,
//!     Failure::Call(StockError::Unreachable) => last_known,
//! ))]
//! fn stock(item: u32) -> Result<u32, StockError> {
//!     if item == 0 { Err(StockError::NoSuchItem) } else { Err(StockError::Unreachable) }
//! }
//!
//! fn last_known(_item: u32, _: Failure<StockError>) -> Result<u32, StockError> {
//!     Ok(3)
//! }
//!
//! assert_eq!(stock(7), Ok(3));
//! assert_eq!(stock(0), Err(StockError::NoSuchItem), "which no pattern matches");
//! ```
//!
//! Without a fallback, a rejected call returns the function's own error, made from a [`PolicyError`]
//! by `From`. A function that returns no [`Result`] needs a fallback that answers such calls.
//!
//! # The other policies, and stacking them
//!
//! | attribute | what it does | its failure | an instance |
//! |---|---|---|---|
//! | [`#[circuit_breaker]`](macro@circuit_breaker) | cuts calls off while too many fail or are slow | [`CircuitOpen`] | [`CircuitBreaker`] |
//! | [`#[retry]`](macro@retry) | makes a failed call again, after a wait and within a [budget](RetryBudget) | [`RetriesExhausted`], where it is asked for | [`Retry`] |
//! | [`#[rate_limiter]`](macro@rate_limiter) | lets so many calls begin in each period | [`RateLimited`] | [`RateLimiter`] |
//! | [`#[bulkhead]`](macro@bulkhead) | lets so many calls run at once, or runs them on threads of its own | [`BulkheadFull`] | [`Bulkhead`], [`ThreadPoolBulkhead`] |
//! | [`#[time_limiter]`](macro@time_limiter) | gives up on a call that takes too long | [`TimedOut`] | [`TimeLimiter`] |
//!
//! Several stand on one function, the first outermost. Here each attempt asks the breaker, waits for
//! a place and has two seconds; the fallback answers when the last attempt has failed:
//!
//! ```
//! use resilience4rs::{Failure, bulkhead, circuit_breaker, retry, time_limiter};
//!
//! # #[derive(Debug)]
//! # struct Unreachable;
//! #[retry("weather", max_attempts = 3, wait_duration = "1ms", fallback = unknown)]
//! #[circuit_breaker("weather")]
//! #[bulkhead("weather", max_concurrent_calls = 10, max_wait_duration = "100ms")]
//! #[time_limiter("weather", timeout_duration = "2s")]
//! async fn weather(city: &str, asked: &mut u32) -> Result<String, Unreachable> {
//!     *asked += 1;
//!     if *asked < 3 { Err(Unreachable) } else { Ok(format!("sun in {city}")) }
//! }
//!
//! async fn unknown(_: &str, _: &mut u32, _: Failure<Unreachable>) -> Result<String, Unreachable> {
//!     Ok("look out of the window".to_owned())
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let mut asked = 0;
//! assert_eq!(weather("Oslo", &mut asked).await.unwrap(), "sun in Oslo");
//! assert_eq!(asked, 3);
//! # }
//! ```
//!
//! A fallback hides failures from what is outside of its attribute: on an attribute inside a retry it is
//! nearly always a mistake, and the compiler says where to move it. A circuit breaker inside the retry
//! counts each attempt, one outside counts the calls.
//!
//! # What a call counts as
//!
//! A breaker counts a call once, for the state and the round of it that admitted it, whatever becomes of it:
//! `Ok` is a success and `Err` a failure unless patterns say otherwise, a panic is a failure, a
//! future that is dropped is a cancelled call. See [`Permit`] for cancellation.
//!
//! # Settings from files
//!
//! With the feature `config`, the module `configuration` loads the `resilience4j` section of an
//! `application.yml`, or the same in TOML or JSON: all of Resilience4j's keys, Spring's spellings,
//! profiles, placeholders, and environment variables over all of it. What files say counts more than the
//! attribute, since operators write them. Every mistake is in one report, with its line, what was found and
//! what is allowed.
//!
//! ```
//! # #[cfg(feature = "config")] {
//! use resilience4rs::Registry;
//! use resilience4rs::configuration::Configuration;
//!
//! let registry = Registry::new();
//! let configuration = Configuration::from_yaml_str("
//! resilience4j.circuitbreaker:
//!   configs.default.slidingWindowSize: 20
//!   instances.exchange.waitDurationInOpenState: 10s
//! ").unwrap();
//! registry.reload(configuration).unwrap();
//! let exchange = registry.circuit_breaker("exchange");
//! assert_eq!(exchange.config().sliding_window_size(), 20);
//! # }
//! ```
//!
//! [`Registry::global`] is the registry that attributes use where they name no other. A file is loaded once
//! at the start, or watched (feature `watch`), and read again whenever it changes. `docs/configuration.md`
//! has the rules.
//!
//! # Testing a service
//!
//! No test has to wait for an open circuit. With the feature `test-util` (for the dev-dependency), a test
//! enters a registry of its own, whose clock it moves; the code that it tests need not know:
//!
//! ```
//! # #[cfg(feature = "test-util")] {
//! use std::time::Duration;
//! use resilience4rs::{Clock, PolicyError, Registry, circuit_breaker};
//!
//! #[circuit_breaker("exchange", wait_duration_in_open_state = "30s")]
//! fn rate() -> Result<u32, PolicyError> {
//!     Ok(108)
//! }
//!
//! let time = Clock::manual();
//! let registry = Registry::builder().clock(&time).build();
//! let _entered = registry.enter(); // for this thread; `registry.scope(future)` for a task
//! registry.circuit_breaker("exchange").transition_to_open().unwrap();
//! assert!(matches!(rate(), Err(PolicyError::CircuitOpen { .. })));
//!
//! time.advance(Duration::from_secs(31));
//! assert_eq!(rate(), Ok(108));
//! # }
//! ```
//!
//! Or the service has its [`Registry`] as a field, and the attribute names it:
//!
//! ```
//! use std::time::Duration;
//! use resilience4rs::{Clock, PolicyError, Registry, circuit_breaker};
//!
//! struct Client {
//!     registry: Registry,
//! }
//!
//! impl Client {
//!     #[circuit_breaker("stock", registry = self.registry, wait_duration_in_open_state = "30s")]
//!     fn stock(&self) -> Result<u32, PolicyError> {
//!         Ok(7)
//!     }
//! }
//!
//! let time = Clock::manual();
//! let client = Client { registry: Registry::builder().clock(&time).build() };
//! assert_eq!(client.stock(), Ok(7));
//!
//! client.registry.circuit_breaker("stock").transition_to_open().unwrap();
//! assert!(matches!(client.stock(), Err(PolicyError::CircuitOpen { .. })));
//!
//! time.advance(Duration::from_secs(31));
//! assert_eq!(client.stock(), Ok(7));
//! ```
//!
//! Where the test is tokio's, `Clock::tokio` follows its paused time.
//!
//! # Operating it
//!
//! [`Registry::circuit_breakers`] lists the instances, [`Registry::find_circuit_breaker`] finds one
//! without making it (an instance is made with the settings of whoever asks for it first),
//! [`CircuitBreaker::metrics`] says what a breaker has counted, [`CircuitBreaker::on_event`] tells what
//! happens as it happens, and [`CircuitBreaker::transition_to_forced_open`] and its siblings take it
//! over by hand. Each other policy has the same: its list, its `find_..`, `metrics` and `on_event`. A
//! rate limiter's limit and a bulkhead's size [change](Bulkhead::change_max_concurrent_calls) while
//! calls run.
//!
//! - **Metrics say what.** Four features, off by default, make metrics of what the instances are at and what
//!   became of calls, under Resilience4j's names: `prometheus` (`prometheus_text`), `metrics`
//!   (`publish_metrics`), `opentelemetry` (`observe_with_opentelemetry`) and `metrics-core`
//!   (`Registry::metric_families`), which the others build on. Beside Resilience4j's there are the time in
//!   each state, transitions by cause, one outcome for each call, cancelled ones included, and the
//!   amplification by retries. `docs/metrics.md` has them all.
//! - **Logs say why, traces say where.** With the feature `tracing`, each guarded call is a span of the crate
//!   of that name, each attempt and each fallback too, with what became of it; and the log says why a
//!   breaker changed its state. `docs/tracing.md` has the fields and the levels.
//! - **Endpoints.** The crate `resilience-admin` is Resilience4j's actuator as an axum router: health, probes,
//!   events, metrics, and overrides for operators. `docs/operating.md` is about it.
//!
//! # Frameworks
//!
//! The crate `resilience-tower` has the policies as layers of tower, over the same instances: for servers of
//! axum, hyper and tonic, and for their clients. With the feature `axum` or `tonic`, a [`PolicyError`] is
//! an answer of theirs, with its status and `Retry-After`. `docs/frameworks.md` is about both.
//!
//! # Where the attributes are
//!
//! [`call_sites`] lists every attribute in the program and its libraries, called or not, with instance,
//! settings, fallbacks, file and line: to print, or to check when the program starts. It is the
//! feature `sites`, on by default; each annotated function adds itself before `main` runs.
//! `Registry::check` compares them with the configuration, and with each other.
//!
//! # In axum, tonic and tower
//!
//! With the feature `axum`, a [`PolicyError`] or a [`Failure`] is a response of a handler, with a status
//! and `Retry-After`; with the feature `tonic`, a [`PolicyError`] becomes a `tonic::Status`. The crate
//! `resilience-tower` has the policies as layers of tower, over the same instances. The page
//! `docs/frameworks.md` shows both.
//!
//! # Without attributes
//!
//! Each instance's `call` does what its attribute does, and so does `call_blocking` where a plain call
//! can have the policy. [`CircuitBreaker::try_acquire`], [`RateLimiter::acquire`] and
//! [`Bulkhead::acquire`] hand out permits without a call; [`Retry::attempts`] is for a loop of one's own.
//! Of `call`s in each other, the outer one takes what the inner one fails with for an error of the call, a
//! rejection by a policy included: what is to be excepted goes into its configuration.
//!
//! # Coming from Resilience4j
//!
//! | Resilience4j | here |
//! |---|---|
//! | `@CircuitBreaker(name = "a")` | [`#[circuit_breaker("a")]`](macro@circuit_breaker) |
//! | `@Retry(name = "a")` | [`#[retry("a")]`](macro@retry) |
//! | `@RateLimiter(name = "a", permits = 2)` | [`#[rate_limiter("a", permits = 2)]`](macro@rate_limiter) |
//! | `@Bulkhead(name = "a")` | [`#[bulkhead("a")]`](macro@bulkhead) |
//! | `@Bulkhead(name = "a", type = Type.THREADPOOL)` | [`#[bulkhead("a", kind = "thread_pool")]`](macro@bulkhead#threads-of-its-own) |
//! | `@TimeLimiter(name = "a")` | [`#[time_limiter("a")]`](macro@time_limiter), on an async function |
//! | `fallbackMethod = "b"` | `fallback = b` |
//! | `recordExceptions`, `retryExceptions`, `ignoreExceptions` | `record_errors(PATTERN)`, `retry_errors(PATTERN)`, `ignore_errors(PATTERN)` |
//! | the predicates on results | `record_result(PATTERN)`, `retry_result(PATTERN)` |
//! | `slidingWindowSize: 20` in the configuration | `sliding_window_size = 20` in the attribute |
//! | the order of the aspects | the order as written, the first attribute outermost; Resilience4j's own is retry, circuit breaker, rate limiter, time limiter, bulkhead |
//!
//! The page `docs/porting-from-resilience4j.md` has every annotation, key, event, metric and endpoint.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub use resilience_macros::{
    ErrorClass, bulkhead, circuit_breaker, rate_limiter, retry, time_limiter,
};
pub use resilience_runtime::*;
