use resilience4rs::{PolicyError, circuit_breaker};

struct Exchange;

impl Exchange {
    #[circuit_breaker(skip)]
    async fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }
}

fn main() {}
