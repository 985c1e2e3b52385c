use resilience4rs::{PolicyError, circuit_breaker, retry, time_limiter};

#[retry("quotes")]
#[time_limiter("quotes", cancel_running_future = false)]
#[circuit_breaker("quotes")]
async fn quote(symbol: &str) -> Result<u64, PolicyError> {
    Ok(symbol.len() as u64)
}

fn main() {}
