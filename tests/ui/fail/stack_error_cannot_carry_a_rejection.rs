use resilience4rs::{Failure, circuit_breaker};

struct ApiError;

#[circuit_breaker("quotes")]
#[circuit_breaker("exchange", fallback = backup)]
async fn quote(id: u64) -> Result<u64, ApiError> {
    Ok(id)
}

async fn backup(_: u64, _: Failure<ApiError>) -> Result<u64, ApiError> {
    Err(ApiError)
}

fn main() {}
