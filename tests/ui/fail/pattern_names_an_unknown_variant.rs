use resilience4rs::{Failure, circuit_breaker};

enum ApiError {
    Down,
    Declined { code: u16 },
}

#[circuit_breaker("quotes", fallback = backup, ignore_errors(ApiError::Rejected))]
async fn quote(id: u64) -> Result<u64, ApiError> {
    Ok(id)
}

fn backup(id: u64, _: Failure<ApiError>) -> Result<u64, ApiError> {
    Ok(id)
}

fn main() {}
