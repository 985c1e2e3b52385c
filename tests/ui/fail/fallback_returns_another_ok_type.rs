use resilience4rs::{Failure, circuit_breaker};

struct ApiError;

#[circuit_breaker("quotes", fallback = backup)]
async fn quote(id: u64) -> Result<u64, ApiError> {
    Err(ApiError)
}

async fn backup(_id: u64, _: Failure<ApiError>) -> Result<String, ApiError> {
    Ok(String::new())
}

fn main() {}
