#![deny(deprecated)]

use resilience4rs::{PolicyError, circuit_breaker};

struct Exchange;

#[circuit_breaker("quotes", randomized_wait_factor = 0.2)]
impl Exchange {
    async fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }

    async fn rate(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }
}

fn main() {}
