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
//! # The other policies
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
//! # Choosing settings
//!
//! The defaults are Resilience4j's: a window of 100 calls, of which half must fail before the breaker
//! opens for a minute. A service with little traffic wants a shorter window, or one by time
//! (`sliding_window_type = "TIME_BASED"`, its size in seconds). `slow_call_duration_threshold` makes
//! slowness count: a dependency that answers in a minute is as good as down. Errors that are the
//! caller's own fault, such as a declined card, say nothing about the dependency: name them in
//! `ignore_errors`. All settings are in the attribute's documentation, and the compiler checks them.
//!
//! # Fallbacks, or none
//!
//! A fallback takes the arguments of its function and then the failure, either as [`Failure`] or,
//! where that has a `From<PolicyError>`, as the function's own error. Without a fallback, a rejected
//! call returns the function's own error, made from a [`PolicyError`].
//!
//! # What a call counts as
//!
//! A breaker counts a call once, for the state and the round of it that admitted it, whatever becomes of it:
//! `Ok` is a success and `Err` a failure unless patterns say otherwise, a panic is a failure, a
//! future that is dropped is a cancelled call. See [`Permit`] for cancellation.
//!
//! # Testing a service
//!
//! Give the service a [`Registry`] of its own (`registry = self.registry` in the attribute), in an
//! `Arc` if the service is cloned, and that registry a clock that the test moves:
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
//! # Where the attributes are
//!
//! [`call_sites`] lists every attribute in the program and its libraries, called or not, with instance,
//! settings, fallbacks, file and line: to print, or to check when the program starts. It is the
//! feature `sites`, on by default; each annotated function adds itself before `main` runs.
//!
//! # Settings from files
//!
//! With the feature `config`, the module `configuration` loads the `resilience4j` section of an
//! `application.yml`, or the same in TOML or JSON.
//!
//! # Metrics
//!
//! Four features, off by default, make metrics of what the instances are at and what became of calls,
//! under Resilience4j's names: `prometheus` (`prometheus_text`), `metrics` (`publish_metrics`),
//! `opentelemetry` (`observe_with_opentelemetry`) and `metrics-core` (`Registry::metric_families`), which
//! the others build on. Beside Resilience4j's there are the time in each state, transitions by cause,
//! one outcome for each call, cancelled ones included, and the amplification by retries.
//!
//! # Spans and log lines
//!
//! With the feature `tracing`, each guarded call is a span of the crate of that name, each attempt and each
//! fallback too, with what became of it; and the log says why a breaker changed its state. The page
//! `docs/tracing.md` has the fields and the levels.
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

pub use resilience_macros::{
    ErrorClass, bulkhead, circuit_breaker, rate_limiter, retry, time_limiter,
};
pub use resilience_runtime::*;
