use resilience4rs::{PolicyError, bulkhead, circuit_breaker, retry};

#[bulkhead("a", type = "THREADPOOL")]
async fn pooled() -> Result<(), PolicyError> {
    Ok(())
}

#[bulkhead("a", type = Type::VIRTUAL)]
async fn placed() -> Result<(), PolicyError> {
    Ok(())
}

#[retry(
    "b",
    retryExceptions(PolicyError::TimedOut(_)),
    retryExceptionPredicate = is_temporary,
    resultPredicate(0),
    recordExceptions(PolicyError::TimedOut(_)),
    maxAttempts = 3
)]
async fn retried() -> Result<u8, PolicyError> {
    Ok(1)
}

#[circuit_breaker(
    "c",
    baseConfig = "default",
    registerHealthIndicator = true,
    eventConsumerBufferSize = 10,
    recordExceptions(PolicyError::TimedOut(_)),
    recordFailurePredicate = is_down,
    ignore_exceptions(PolicyError::RateLimited(_)),
    ignoreExceptionPredicate = is_ours,
    fallbackMethod = "backup"
)]
async fn broken() -> Result<u8, PolicyError> {
    Ok(1)
}

fn main() {}
