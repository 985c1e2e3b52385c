#![deny(deprecated)]

use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", transition_to_state_after_wait_duration = "CLOSED")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
