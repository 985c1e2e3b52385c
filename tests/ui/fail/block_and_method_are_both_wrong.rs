use resilience4rs::{PolicyError, circuit_breaker};

struct Exchange;

#[circuit_breaker("quotes", sliding_window_size = 0)]
impl Exchange {
    #[circuit_breaker("rates", fallbck = backup)]
    async fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }
}

fn main() {}
