//! Other outcomes.

use resilience4rs::Outcome;

use super::*;

/// A reply that is no `Result`.
#[derive(Debug, PartialEq, Eq)]
enum Reply {
    Answer(u8),
    Refused(ApiError),
}

impl Outcome for Reply {
    type Value = u8;
    type Error = ApiError;

    fn from_result(result: Result<u8, ApiError>) -> Self {
        result.map_or_else(Self::Refused, Self::Answer)
    }

    fn into_result(self) -> Result<u8, ApiError> {
        match self {
            Self::Answer(answer) => Ok(answer),
            Self::Refused(error) => Err(error),
        }
    }

    fn as_result(&self) -> Result<&u8, &ApiError> {
        match self {
            Self::Answer(answer) => Ok(answer),
            Self::Refused(error) => Err(error),
        }
    }
}

#[circuit_breaker("own outcome", registry = registry, record_result(200..))]
async fn asked(registry: &Registry, answer: u8) -> Reply {
    Reply::Answer(answer)
}

#[circuit_breaker("own outcome", registry = registry, fallback = asked_backup)]
async fn asked_with_fallback(registry: &Registry, answer: u8) -> Reply {
    Reply::Refused(ApiError::Down)
}

fn asked_backup(_: &Registry, answer: u8, _: Failure<ApiError>) -> Reply {
    Reply::Answer(answer)
}

#[circuit_breaker("own outcome", registry = registry, fallback = asked_backup)]
fn asked_plainly(registry: &Registry, answer: u8) -> Reply {
    Reply::Refused(ApiError::Down)
}

#[circuit_breaker("own outcome", registry = registry)]
async fn generic<R>(registry: &Registry, reply: R) -> R
where
    R: Outcome,
    R::Error: From<PolicyError>,
{
    reply
}

#[tokio::test]
async fn types_that_implement_outcome_are_guarded_like_results() {
    let registry = registry();
    assert_eq!(asked(&registry, 1).await, Reply::Answer(1));
    assert_eq!(asked(&registry, 200).await, Reply::Answer(200));
    assert_eq!(asked_with_fallback(&registry, 3).await, Reply::Answer(3));
    assert_eq!(asked_plainly(&registry, 4), Reply::Answer(4));
    assert_eq!(generic(&registry, Reply::Answer(5)).await, Reply::Answer(5));
    let metrics = registry.circuit_breaker("own outcome").metrics();
    assert_eq!((metrics.successful_calls, metrics.failed_calls), (2, 3));
    open(&registry, "own outcome");
    assert!(is_rejected(asked(&registry, 1).await.into_result()));
    assert_eq!(asked_with_fallback(&registry, 3).await, Reply::Answer(3));
}
