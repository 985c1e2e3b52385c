use resilience4rs::{PolicyError, circuit_breaker};

struct Exchange;

#[circuit_breaker("quotes")]
#[circuit_breaker("quotes", sliding_window_size = 10)]
impl Exchange {
    async fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }
}

fn main() {}
