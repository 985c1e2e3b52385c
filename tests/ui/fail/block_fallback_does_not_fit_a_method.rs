use resilience4rs::{Failure, PolicyError, circuit_breaker};

struct Exchange;

#[circuit_breaker("quotes", fallback = backup)]
impl Exchange {
    async fn quote(&self, id: u64) -> Result<u64, PolicyError> {
        Ok(id)
    }

    async fn other(&self, name: String) -> Result<u64, PolicyError> {
        Ok(name.len() as u64)
    }

    async fn backup(&self, id: u64, _: Failure<PolicyError>) -> Result<u64, PolicyError> {
        Ok(id)
    }
}

fn main() {}
