use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", enable_exponential_backoff = true, enable_randomized_wait = true)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
