use resilience4rs::{Failure, circuit_breaker};

struct ApiError;

#[circuit_breaker("quotes", fallback = backup)]
async fn quote(symbol: String) -> Result<usize, ApiError> {
    Err(ApiError)
}

async fn backup(symbol: &str, _: Failure<ApiError>) -> Result<usize, ApiError> {
    Ok(symbol.len())
}

fn main() {}
