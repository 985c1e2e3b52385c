use resilience4rs::{Failure, circuit_breaker};

struct ApiError;

struct Exchange;

impl Exchange {
    #[circuit_breaker("quotes", fallback = backup)]
    async fn quote(self) -> Result<u64, ApiError> {
        Err(ApiError)
    }

    async fn backup(self, _: Failure<ApiError>) -> Result<u64, ApiError> {
        Ok(1)
    }
}

fn main() {}
