//! Classification.

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
