use resilience4rs::circuit_breaker;

mod other {
    pub struct ApiError;

    async fn backup(id: u64, _: resilience4rs::Failure<ApiError>) -> Result<u64, ApiError> {
        Ok(id)
    }
}

#[circuit_breaker("quotes", fallback = other::backup)]
async fn quote(id: u64) -> Result<u64, other::ApiError> {
    Err(other::ApiError)
}

fn main() {}
