#![deny(deprecated)]

use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker(
    "quotes",
    wait_duration_in_open_state = "1m 30s",
    enable_exponential_backoff = true,
    exponential_max_wait_duration_in_open_state = "1m"
)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
