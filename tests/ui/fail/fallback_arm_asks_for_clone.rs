use resilience4rs::{Failure, circuit_breaker};

#[derive(Debug)]
enum ApiError {
    Down,
    Gone,
}

#[circuit_breaker("quotes", fallback(_ => backup))]
async fn quote(text: Text) -> Result<u64, ApiError> {
    Err(ApiError::Down)
}

struct Text;

async fn backup(_: Text, _: Failure<ApiError>) -> Result<u64, ApiError> {
    Ok(1)
}

fn main() {}
