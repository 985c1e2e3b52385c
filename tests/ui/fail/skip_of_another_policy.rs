use resilience4rs::{PolicyError, circuit_breaker, retry};

struct Exchange;

#[circuit_breaker("exchange")]
impl Exchange {
    fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }

    #[retry(skip)]
    fn rate(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }
}

fn main() {}
