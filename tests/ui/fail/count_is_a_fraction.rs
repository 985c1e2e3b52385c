use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", minimum_number_of_calls = 1.5)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
