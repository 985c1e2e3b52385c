use resilience4rs::{PolicyError, circuit_breaker};

struct Exchange;

#[circuit_breaker("quotes", failure_rate_treshold = 50)]
impl Exchange {
    #[circuit_breaker(skip)]
    fn source(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }

    async fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }
}

fn call(exchange: &Exchange) -> Result<u64, PolicyError> {
    exchange.source()
}

fn main() {}
