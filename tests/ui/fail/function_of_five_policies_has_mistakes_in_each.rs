use resilience4rs::{PolicyError, bulkhead, circuit_breaker, rate_limiter, retry, time_limiter};

#[retry("quotes", max_attempts = 0)]
#[circuit_breaker("quotes", failure_rate_threshold = 0)]
#[rate_limiter("quotes", permits = 0)]
#[time_limiter("quotes", timeout_duration = 5)]
#[bulkhead("quotes", kind = "tread_pool")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
