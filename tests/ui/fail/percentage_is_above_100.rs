use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", slow_call_rate_threshold = 100.5)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
