use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", failure_rate_threshold = -5)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
