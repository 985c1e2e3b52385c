use resilience4rs::{Failure, circuit_breaker};

struct ApiError;

struct Exchange;

impl Exchange {
    #[circuit_breaker("quotes", fallback = Self::backup)]
    async fn quote(id: u64) -> Result<u64, ApiError> {
        Err(ApiError)
    }

    async fn backup(&self, id: u64, _: Failure<ApiError>) -> Result<u64, ApiError> {
        Ok(id)
    }
}

fn main() {}
