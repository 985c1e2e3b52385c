use resilience4rs::{Failure, circuit_breaker};

struct ApiError;

#[circuit_breaker("quotes", fallback = backup)]
fn quote(id: u64) -> Result<u64, ApiError> {
    Err(ApiError)
}

async fn backup(id: u64, _: Failure<ApiError>) -> Result<u64, ApiError> {
    Ok(id)
}

fn main() {}
