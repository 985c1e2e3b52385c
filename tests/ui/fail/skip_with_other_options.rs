use resilience4rs::{PolicyError, circuit_breaker};

struct Exchange;

#[circuit_breaker("quotes")]
impl Exchange {
    #[circuit_breaker("slow quotes", skip)]
    async fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }
}

fn main() {}
