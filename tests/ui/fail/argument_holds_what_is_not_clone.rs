use resilience4rs::{Failure, circuit_breaker};

struct ApiError;

struct Connection;

#[circuit_breaker("quotes", fallback = backup)]
async fn quote(connections: Vec<Connection>) -> Result<u64, ApiError> {
    Err(ApiError)
}

async fn backup(_: Vec<Connection>, _: Failure<ApiError>) -> Result<u64, ApiError> {
    Ok(1)
}

fn main() {}
