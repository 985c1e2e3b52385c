#![deny(deprecated)]

use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", sliding_window_size = 10, minimum_number_of_calls = 20)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
