//! Opening.

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
