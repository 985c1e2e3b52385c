use resilience4rs::{Failure, PolicyError, circuit_breaker};

#[derive(Debug)]
enum ApiError {
    Down,
    Gone,
}

#[circuit_breaker("quotes", fallback(Failure::Policy(_) => wrong, _ => backup))]
async fn quote(id: u64) -> Result<u64, ApiError> {
    Ok(id)
}

async fn backup(id: u64, _: Failure<ApiError>) -> Result<u64, ApiError> {
    Ok(id)
}

async fn wrong(id: u64, _: PolicyError) -> Result<u64, ApiError> {
    Ok(id)
}

fn main() {}
