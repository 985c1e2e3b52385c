use resilience4rs::{Failure, circuit_breaker};

struct ApiError;

#[circuit_breaker("quotes", fallback = backup)]
async fn quote<T: Send>(request: T) -> Result<u64, ApiError> {
    Err(ApiError)
}

async fn backup<T>(_: T, _: Failure<ApiError>) -> Result<u64, ApiError> {
    Ok(1)
}

fn main() {}
