use resilience4rs::{PolicyError, bulkhead, circuit_breaker, retry, time_limiter};

#[retry("a", retries = 2, delay = "1s", jitter = true, backoff = 2, timeout = "1s")]
async fn retried() -> Result<(), PolicyError> {
    Ok(())
}

#[circuit_breaker("a", delay = "1s", retries = 2, timeout = "1s")]
async fn broken() -> Result<(), PolicyError> {
    Ok(())
}

#[bulkhead("a", timeout = "1s")]
async fn placed() -> Result<(), PolicyError> {
    Ok(())
}

#[time_limiter("a", timeout = "1s")]
async fn limited() -> Result<(), PolicyError> {
    Ok(())
}

fn main() {}
