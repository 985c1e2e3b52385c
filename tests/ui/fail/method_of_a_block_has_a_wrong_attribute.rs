use resilience4rs::{PolicyError, circuit_breaker};

struct Exchange;

#[circuit_breaker("quotes")]
impl Exchange {
    async fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }

    #[circuit_breaker("rates", fallbck = backup)]
    async fn rate(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }
}

fn main() {}
