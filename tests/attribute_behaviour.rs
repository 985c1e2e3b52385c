//! What the attribute makes of calls: what counts, what is let through, and who answers.

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
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use resilience4rs::{
    CancelledCalls, CircuitBreaker, Clock, Failure, ManualClock, PolicyError, Registry,
    SlidingWindowType, State, circuit_breaker,
};

#[derive(Debug, Clone, PartialEq, Eq)]
enum ApiError {
    Down,
    Declined { code: u16 },
    Rejected,
}

impl From<PolicyError> for ApiError {
    fn from(_: PolicyError) -> Self {
        Self::Rejected
    }
}

struct Backend {
    registry: Registry,
    clock: ManualClock,
    calls: AtomicU32,
}

impl Backend {
    fn new() -> Self {
        let clock = Clock::manual();
        Self {
            registry: Registry::builder().clock(clock.clone()).build(),
            clock,
            calls: AtomicU32::new(0),
        }
    }

    fn called(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    fn breaker(&self, name: &str) -> CircuitBreaker {
        self.registry.circuit_breaker(name)
    }
}

/// Successful and failed calls in the window.
fn counts(breaker: &CircuitBreaker) -> (u64, u64) {
    let metrics = breaker.metrics();
    (metrics.successful_calls, metrics.failed_calls)
}

mod opening {
    use super::*;

    impl Backend {
        #[circuit_breaker(
            "quotes",
            registry = self.registry,
            failure_rate_threshold = 50,
            minimum_number_of_calls = 4,
            sliding_window_size = 4,
            wait_duration_in_open_state = "30s",
            permitted_number_of_calls_in_half_open_state = 2,
            fallback = cached
        )]
        async fn quote(&self, ok: bool) -> Result<&'static str, ApiError> {
            self.called();
            if ok { Ok("fresh") } else { Err(ApiError::Down) }
        }

        async fn cached(
            &self,
            _ok: bool,
            failure: Failure<ApiError>,
        ) -> Result<&'static str, ApiError> {
            match failure {
                Failure::Policy(PolicyError::CircuitOpen(open)) => {
                    assert_eq!(&*open.name, "quotes");
                    Ok("rejected")
                }
                Failure::Call(ApiError::Down) => Ok("failed"),
                other => panic!("{other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn breaker_opens_at_the_threshold_and_the_fallback_answers_until_it_closes_again() {
        let backend = Backend::new();
        let breaker = backend.breaker_of_quotes().await;

        assert_eq!(backend.quote(true).await, Ok("fresh"));
        assert_eq!(backend.quote(false).await, Ok("failed"));
        assert_eq!(breaker.state(), State::Closed);
        assert_eq!(backend.quote(false).await, Ok("failed"));
        assert_eq!(breaker.state(), State::Open);

        let calls = backend.calls();
        assert_eq!(backend.quote(true).await, Ok("rejected"));
        assert_eq!(
            backend.calls(),
            calls,
            "an open breaker keeps the body from running"
        );
        assert_eq!(breaker.metrics().not_permitted_calls, 1);

        backend.clock.advance(Duration::from_millis(30_001));
        assert_eq!(backend.quote(true).await, Ok("fresh"));
        assert_eq!(breaker.state(), State::HalfOpen);
        assert_eq!(backend.quote(true).await, Ok("fresh"));
        assert_eq!(breaker.state(), State::Closed);
    }

    impl Backend {
        /// The attribute's breaker, made by its first call.
        async fn breaker_of_quotes(&self) -> CircuitBreaker {
            assert_eq!(self.quote(true).await, Ok("fresh"));
            self.breaker("quotes")
        }

        #[circuit_breaker("plain", registry = &self.registry, minimum_number_of_calls = 2, fallback = plain_backup)]
        fn plain_quote(&self, ok: bool) -> Result<u8, ApiError> {
            self.called();
            if ok { Ok(1) } else { Err(ApiError::Down) }
        }

        fn plain_backup(&self, _ok: bool, error: ApiError) -> Result<u8, ApiError> {
            if error == ApiError::Rejected {
                Ok(2)
            } else {
                Err(error)
            }
        }
    }

    #[test]
    fn plain_function_is_rejected_and_its_fallback_can_fail_as_well() {
        let backend = Backend::new();
        assert_eq!(backend.plain_quote(false), Err(ApiError::Down));
        assert_eq!(backend.plain_quote(false), Err(ApiError::Down));
        assert_eq!(backend.breaker("plain").state(), State::Open);
        assert_eq!(backend.plain_quote(true), Ok(2));
        assert_eq!(backend.calls(), 2);
    }

    impl Backend {
        #[circuit_breaker("no fallback", registry = self.registry)]
        async fn without_fallback(&self) -> Result<u8, ApiError> {
            self.called();
            Ok(1)
        }
    }

    #[tokio::test]
    async fn rejection_reaches_the_caller_as_the_functions_own_error() {
        let backend = Backend::new();
        backend.breaker("no fallback").transition_to_open().unwrap();
        assert_eq!(backend.without_fallback().await, Err(ApiError::Rejected));
        assert_eq!(backend.calls(), 0);
    }

    impl Backend {
        #[circuit_breaker("inner", registry = self.registry)]
        async fn guarded_backup(&self, id: u8, _: Failure<ApiError>) -> Result<u8, ApiError> {
            Ok(id + 1)
        }

        #[circuit_breaker("outer", registry = self.registry, fallback = guarded_backup)]
        async fn with_guarded_backup(&self, id: u8) -> Result<u8, ApiError> {
            Err(if id == 0 {
                ApiError::Rejected
            } else {
                ApiError::Down
            })
        }
    }

    #[tokio::test]
    async fn fallback_can_be_guarded_itself() {
        let backend = Backend::new();
        assert_eq!(backend.with_guarded_backup(1).await, Ok(2));
        assert_eq!(counts(&backend.breaker("outer")), (0, 1));
        assert_eq!(counts(&backend.breaker("inner")), (1, 0));
        backend.breaker("inner").transition_to_open().unwrap();
        assert_eq!(
            backend.with_guarded_backup(1).await,
            Err(ApiError::Rejected)
        );
    }
}

mod classification {
    use super::*;

    impl Backend {
        #[circuit_breaker("ignored", registry = self.registry, ignore_errors(ApiError::Declined { code } if *code < 500))]
        async fn ignores(&self, answer: Result<u8, ApiError>) -> Result<u8, ApiError> {
            answer
        }

        #[circuit_breaker("recorded", registry = self.registry, record_errors(ApiError::Down | ApiError::Rejected))]
        async fn records(&self, answer: Result<u8, ApiError>) -> Result<u8, ApiError> {
            answer
        }

        #[circuit_breaker(
            "both",
            registry = self.registry,
            record_errors(ApiError::Declined { .. }),
            ignore_errors(ApiError::Declined { code: 404 })
        )]
        fn ignores_and_records(&self, answer: Result<u8, ApiError>) -> Result<u8, ApiError> {
            answer
        }

        #[circuit_breaker("results", registry = self.registry, record_result(status if *status >= 500))]
        async fn records_results(&self, status: u16) -> Result<u16, ApiError> {
            Ok(status)
        }

        #[circuit_breaker("all errors", registry = self.registry, ignore_errors(_))]
        async fn ignores_all(&self) -> Result<(), ApiError> {
            Err(ApiError::Down)
        }
    }

    const DECLINED: Result<u8, ApiError> = Err(ApiError::Declined { code: 404 });
    const BROKEN: Result<u8, ApiError> = Err(ApiError::Declined { code: 500 });
    const DOWN: Result<u8, ApiError> = Err(ApiError::Down);

    #[tokio::test]
    async fn ignored_errors_count_neither_way() {
        let backend = Backend::new();
        assert_eq!(backend.ignores(DECLINED).await, DECLINED);
        assert_eq!(backend.ignores(BROKEN).await, BROKEN);
        assert_eq!(backend.ignores(DOWN).await, DOWN);
        assert_eq!(backend.ignores(Ok(1)).await, Ok(1));
        assert_eq!(counts(&backend.breaker("ignored")), (1, 2));

        assert_eq!(backend.ignores_all().await, Err(ApiError::Down));
        assert_eq!(counts(&backend.breaker("all errors")), (0, 0));
    }

    #[tokio::test]
    async fn errors_that_are_not_recorded_count_as_successes() {
        let backend = Backend::new();
        assert_eq!(backend.records(DOWN).await, DOWN);
        assert_eq!(backend.records(DECLINED).await, DECLINED);
        assert_eq!(backend.records(Ok(1)).await, Ok(1));
        assert_eq!(counts(&backend.breaker("recorded")), (2, 1));
    }

    #[test]
    fn ignoring_wins_over_recording() {
        let backend = Backend::new();
        assert_eq!(backend.ignores_and_records(DECLINED), DECLINED);
        assert_eq!(backend.ignores_and_records(BROKEN), BROKEN);
        assert_eq!(backend.ignores_and_records(DOWN), DOWN);
        assert_eq!(counts(&backend.breaker("both")), (1, 1));
    }

    #[tokio::test]
    async fn recorded_results_are_failures_that_the_caller_still_gets() {
        let backend = Backend::new();
        assert_eq!(backend.records_results(200).await, Ok(200));
        assert_eq!(backend.records_results(503).await, Ok(503));
        assert_eq!(counts(&backend.breaker("results")), (1, 1));
    }
}

mod names {
    use super::*;

    struct Gateway {
        registry: Registry,
        region: String,
    }

    impl Gateway {
        #[circuit_breaker(name = format!("{}-{tenant}", self.region), registry = self.registry, failure_rate_threshold = 10)]
        async fn per_tenant(&self, tenant: &str, body: String) -> Result<usize, ApiError> {
            Ok(tenant.len() + body.len())
        }

        #[circuit_breaker(name = host, registry = self.registry, fallback = host_backup)]
        async fn per_host(&self, (host, _port): (String, u16)) -> Result<String, ApiError> {
            Ok(host)
        }

        fn host_backup(
            &self,
            host: (String, u16),
            _: Failure<ApiError>,
        ) -> Result<String, ApiError> {
            Ok(format!("{}:{}", host.0, host.1))
        }
    }

    #[tokio::test]
    async fn each_value_of_an_expression_is_an_instance_of_its_own() {
        let gateway = Gateway {
            registry: Registry::new(),
            region: "eu".to_owned(),
        };
        assert_eq!(gateway.per_tenant("a", String::new()).await, Ok(1));
        assert_eq!(gateway.per_tenant("b", "b".to_owned()).await, Ok(2));
        let mut names: Vec<_> = gateway
            .registry
            .circuit_breakers()
            .iter()
            .map(|breaker| breaker.name().to_owned())
            .collect();
        names.sort();
        assert_eq!(names, ["eu-a", "eu-b"]);

        let breaker = gateway.registry.circuit_breaker("eu-a");
        assert!((breaker.config().failure_rate_threshold() - 10.0).abs() < f32::EPSILON);
        breaker.transition_to_open().unwrap();
        assert_eq!(
            gateway.per_tenant("a", String::new()).await,
            Err(ApiError::Rejected)
        );
        assert_eq!(gateway.per_tenant("b", String::new()).await, Ok(1));
    }

    #[tokio::test]
    async fn name_sees_what_a_pattern_takes_apart() {
        let gateway = Gateway {
            registry: Registry::new(),
            region: String::new(),
        };
        assert_eq!(
            gateway.per_host(("a".to_owned(), 80)).await,
            Ok("a".to_owned())
        );
        gateway
            .registry
            .circuit_breaker("a")
            .transition_to_open()
            .unwrap();
        assert_eq!(
            gateway.per_host(("a".to_owned(), 80)).await,
            Ok("a:80".to_owned())
        );
        assert_eq!(
            gateway.per_host(("b".to_owned(), 80)).await,
            Ok("b".to_owned())
        );
    }

    thread_local! {
        static EVALUATED: Cell<u32> = const { Cell::new(0) };
    }

    fn evaluated(name: &str) -> &str {
        EVALUATED.set(EVALUATED.get() + 1);
        name
    }

    #[circuit_breaker(name = evaluated(&name), registry = registry, fallback = consumed_name_backup)]
    async fn consumed_name(registry: &Registry, name: String) -> Result<String, ApiError> {
        drop(name);
        Err(ApiError::Down)
    }

    async fn consumed_name_backup(
        _: &Registry,
        name: String,
        _: Failure<ApiError>,
    ) -> Result<String, ApiError> {
        Ok(name)
    }

    #[tokio::test]
    async fn name_is_evaluated_once_for_each_call_before_the_body_consumes_its_parts() {
        let registry = Registry::new();
        for calls in 1..=2 {
            let answer = consumed_name(&registry, "a".to_owned()).await;
            assert_eq!(answer, Ok("a".to_owned()));
            assert_eq!(EVALUATED.get(), calls);
        }
        assert_eq!(counts(&registry.circuit_breaker("a")), (0, 2));
    }

    #[circuit_breaker("shared by two functions")]
    fn first() -> Result<u8, ApiError> {
        Ok(1)
    }

    #[circuit_breaker(name = "shared by two functions")]
    fn second() -> Result<u8, ApiError> {
        Err(ApiError::Down)
    }

    #[test]
    fn functions_that_share_a_name_share_the_breaker_of_the_global_registry() {
        assert_eq!(first(), Ok(1));
        assert_eq!(second(), Err(ApiError::Down));
        let breaker = Registry::global().circuit_breaker("shared by two functions");
        assert_eq!(counts(&breaker), (1, 1));
    }

    mod framework {
        pub(super) use ::resilience4rs as resilience;
    }

    #[framework::resilience::circuit_breaker("renamed", crate = framework::resilience, registry = registry)]
    fn renamed(registry: &Registry) -> Result<u8, ApiError> {
        Ok(1)
    }

    #[test]
    fn facade_can_live_elsewhere() {
        assert_eq!(renamed(&Registry::new()), Ok(1));
    }
}

mod settings {
    use super::*;

    #[allow(deprecated, reason = "a factor without the random wait")]
    #[circuit_breaker(
        "settings",
        registry = registry,
        failure_rate_threshold = 12.5,
        slow_call_rate_threshold = 80,
        slow_call_duration_threshold = "1500ms",
        permitted_number_of_calls_in_half_open_state = 3,
        max_wait_duration_in_half_open_state = "PT1M",
        transition_to_state_after_wait_duration = "CLOSED",
        sliding_window_type = "TIME_BASED",
        sliding_window_size = 60,
        minimum_number_of_calls = 1_000,
        wait_duration_in_open_state = "1m 30s",
        enable_exponential_backoff = true,
        exponential_backoff_multiplier = 2,
        exponential_max_wait_duration_in_open_state = "5m",
        enable_randomized_wait = false,
        randomized_wait_factor = 0.25,
        automatic_transition_from_open_to_half_open_enabled = true,
        initial_state = "METRICS_ONLY",
        cancelled_calls = "failure"
    )]
    async fn with_every_setting(registry: &Registry) -> Result<u8, ApiError> {
        Ok(1)
    }

    #[circuit_breaker("configured", registry = registry, sliding_window_size = 7)]
    fn configured_elsewhere(registry: &Registry) -> Result<u8, ApiError> {
        Ok(1)
    }

    #[test]
    fn instance_that_is_already_there_keeps_its_own_settings() {
        let registry = Registry::new();
        let breaker = registry
            .circuit_breaker_with("configured", |config| config.sliding_window_size(9))
            .unwrap();
        assert_eq!(configured_elsewhere(&registry), Ok(1));
        assert_eq!(breaker.config().sliding_window_size(), 9);
        assert_eq!(counts(&breaker), (1, 0));
    }

    #[tokio::test]
    async fn every_setting_reaches_the_breaker() {
        let registry = Registry::new();
        assert_eq!(with_every_setting(&registry).await, Ok(1));
        let breaker = registry.circuit_breaker("settings");
        let config = breaker.config();
        assert!((config.failure_rate_threshold() - 12.5).abs() < f32::EPSILON);
        assert!((config.slow_call_rate_threshold() - 80.0).abs() < f32::EPSILON);
        assert_eq!(
            config.slow_call_duration_threshold(),
            Duration::from_millis(1500)
        );
        assert_eq!(config.permitted_number_of_calls_in_half_open_state(), 3);
        assert_eq!(
            config.max_wait_duration_in_half_open_state(),
            Duration::from_secs(60)
        );
        assert_eq!(
            config.transition_to_state_after_wait_duration(),
            State::Closed
        );
        assert_eq!(config.sliding_window_type(), SlidingWindowType::TimeBased);
        assert_eq!(config.sliding_window_size(), 60);
        assert_eq!(config.minimum_number_of_calls(), 1000);
        assert_eq!(config.wait_in_open_state(1), Duration::from_secs(90));
        assert_eq!(config.wait_in_open_state(2), Duration::from_secs(180));
        assert_eq!(config.wait_in_open_state(9), Duration::from_secs(300));
        assert!(config.automatic_transition_from_open_to_half_open_enabled());
        assert_eq!(config.initial_state(), State::MetricsOnly);
        assert_eq!(config.cancelled_calls(), CancelledCalls::Failure);
        assert_eq!(breaker.state(), State::MetricsOnly);
    }
}

mod endings {
    use super::*;

    const HALF_OPEN_CALLS: u32 = 3;

    /// How a call ends.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum End {
        Value,
        QuestionMark,
        EarlyReturn,
        Panic,
    }

    impl Backend {
        #[circuit_breaker(
            "endings",
            registry = self.registry,
            permitted_number_of_calls_in_half_open_state = 3,
            wait_duration_in_open_state = "1s",
            cancelled_calls = "ignore"
        )]
        async fn guarded(&self, end: End, awaits: u32) -> Result<u8, ApiError> {
            self.called();
            for _ in 0..awaits {
                tokio::task::yield_now().await;
            }
            finish(end)
        }

        #[circuit_breaker(
            "endings",
            registry = self.registry,
            permitted_number_of_calls_in_half_open_state = 3,
            wait_duration_in_open_state = "1s",
            fallback = Self::backup
        )]
        async fn with_fallback(&self, end: End, awaits: u32) -> Result<u8, ApiError> {
            self.called();
            for _ in 0..awaits {
                tokio::task::yield_now().await;
            }
            finish(end)
        }

        async fn backup(
            &self,
            _: End,
            awaits: u32,
            failure: Failure<ApiError>,
        ) -> Result<u8, ApiError> {
            for _ in 0..awaits {
                tokio::task::yield_now().await;
            }
            match failure {
                Failure::Policy(_) => Err(ApiError::Rejected),
                Failure::Call(error) => Err(error),
            }
        }

        #[circuit_breaker(
            "endings",
            registry = self.registry,
            permitted_number_of_calls_in_half_open_state = 3,
            wait_duration_in_open_state = "1s"
        )]
        fn plain(&self, end: End) -> Result<u8, ApiError> {
            self.called();
            finish(end)
        }

        #[circuit_breaker("endings", registry = self.registry, fallback = Self::backup)]
        fn opaque(
            &self,
            end: End,
            awaits: u32,
        ) -> impl Future<Output = Result<u8, ApiError>> + Send {
            async move {
                for _ in 0..awaits {
                    tokio::task::yield_now().await;
                }
                finish(end)
            }
        }

        #[circuit_breaker("endings", registry = self.registry)]
        fn boxed(
            &self,
            end: End,
            awaits: u32,
        ) -> Pin<Box<dyn Future<Output = Result<u8, ApiError>> + Send + '_>> {
            Box::pin(async move {
                for _ in 0..awaits {
                    tokio::task::yield_now().await;
                }
                finish(end)
            })
        }

        /// The breaker with the settings of the attributes, half-open.
        fn half_open(&self) -> CircuitBreaker {
            assert_eq!(self.plain(End::Value), Ok(1));
            let breaker = self.breaker("endings");
            breaker.transition_to_open().unwrap();
            breaker.transition_to_half_open().unwrap();
            breaker
        }
    }

    fn finish(end: End) -> Result<u8, ApiError> {
        if end == End::EarlyReturn {
            return Err(ApiError::Down);
        }
        match end {
            End::Value | End::EarlyReturn => Ok(1),
            End::QuestionMark => {
                Err(ApiError::Down)?;
                Ok(0)
            }
            End::Panic => panic!("the body panics"),
        }
    }

    /// Whether the breaker lets exactly so many more calls through.
    fn free_permits(breaker: &CircuitBreaker) -> u32 {
        let mut permits = Vec::new();
        while let Ok(permit) = breaker.try_acquire() {
            permits.push(permit);
            assert!(permits.len() < 100, "the breaker is not half-open");
        }
        u32::try_from(permits.len()).unwrap()
    }

    async fn run(backend: &Backend, end: End, shape: u8) -> Option<Result<u8, ApiError>> {
        let call = async {
            match shape {
                0 => backend.guarded(end, 2).await,
                1 => backend.with_fallback(end, 2).await,
                2 => backend.opaque(end, 2).await,
                3 => backend.boxed(end, 2).await,
                _ => backend.plain(end),
            }
        };
        let mut call = pin!(call);
        std::future::poll_fn(|cx| {
            let polled = std::panic::catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx)));
            match polled {
                Ok(polled) => polled.map(Some),
                Err(_) => Poll::Ready(None),
            }
        })
        .await
    }

    #[tokio::test]
    async fn every_ending_counts_once_in_closed_state() {
        for shape in 0..5 {
            for (end, expected) in [
                (End::Value, (1, 0)),
                (End::QuestionMark, (0, 1)),
                (End::EarlyReturn, (0, 1)),
                (End::Panic, (0, 1)),
            ] {
                let backend = Backend::new();
                let answer = run(&backend, end, shape).await;
                assert_eq!(answer.is_none(), end == End::Panic, "a panic unwinds on");
                assert_eq!(
                    counts(&backend.breaker("endings")),
                    expected,
                    "{end:?}, shape {shape}"
                );
            }
        }
    }

    #[tokio::test]
    async fn every_ending_uses_one_probe_in_half_open_state() {
        for shape in 0..5 {
            for end in [End::Value, End::QuestionMark, End::EarlyReturn, End::Panic] {
                let backend = Backend::new();
                let breaker = backend.half_open();
                run(&backend, end, shape).await;
                assert_eq!(breaker.state(), State::HalfOpen);
                let (successes, failures) = counts(&breaker);
                assert_eq!(successes + failures, 1, "{end:?}, shape {shape}");
                assert_eq!(
                    free_permits(&breaker),
                    HALF_OPEN_CALLS - 1,
                    "{end:?}, shape {shape}"
                );
                run(&backend, end, shape).await;
                run(&backend, end, shape).await;
                let concluded = if end == End::Value {
                    State::Closed
                } else {
                    State::Open
                };
                assert_eq!(breaker.state(), concluded, "{end:?}, shape {shape}");
            }
        }
    }

    #[test]
    fn nothing_happens_before_the_first_poll() {
        let backend = Backend::new();
        let breaker = backend.half_open();
        let calls = backend.calls();
        let future = backend.guarded(End::Value, 1);
        assert_eq!(free_permits(&breaker), HALF_OPEN_CALLS);
        drop(future);
        assert_eq!(backend.calls(), calls);
    }
}
