use resilience4rs::{Failure, circuit_breaker};

struct ApiError;

struct Exchange;

impl Exchange {
    #[circuit_breaker("quotes", fallback = backup)]
    async fn quote(&self, id: u64) -> Result<u64, ApiError> {
        Err(ApiError)
    }

    async fn backup(&mut self, id: u64, _: Failure<ApiError>) -> Result<u64, ApiError> {
        Ok(id)
    }
}

fn main() {}
