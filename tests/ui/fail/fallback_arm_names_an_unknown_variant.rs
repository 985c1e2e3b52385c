use resilience4rs::{Failure, circuit_breaker};

#[derive(Debug)]
enum ApiError {
    Down,
    Gone,
}

#[circuit_breaker("quotes", fallback(Failure::Call(ApiError::Dwn) => backup, _ => backup))]
async fn quote(id: u64) -> Result<u64, ApiError> {
    Ok(id)
}

async fn backup(id: u64, _: Failure<ApiError>) -> Result<u64, ApiError> {
    Ok(id)
}

fn main() {}
