#![deny(deprecated)]

use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", exponential_backoff_multiplier = 2)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
