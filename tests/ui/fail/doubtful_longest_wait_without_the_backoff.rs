#![deny(deprecated)]

use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", exponential_max_wait_duration_in_open_state = "5m")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
