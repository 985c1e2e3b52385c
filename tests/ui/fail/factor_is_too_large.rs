use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", randomized_wait_factor = 1.5)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
