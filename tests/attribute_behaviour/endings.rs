//! Endings.

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
    fn opaque(&self, end: End, awaits: u32) -> impl Future<Output = Result<u8, ApiError>> + Send {
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
