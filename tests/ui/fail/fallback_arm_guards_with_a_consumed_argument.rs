use resilience4rs::{Failure, circuit_breaker};

#[derive(Debug)]
enum ApiError {
    Down,
    Gone,
}

#[circuit_breaker("quotes", fallback(Failure::Call(_) if text.is_empty() => backup, _ => backup))]
async fn quote(text: String) -> Result<String, ApiError> {
    Ok(text)
}

async fn backup(text: String, _: Failure<ApiError>) -> Result<String, ApiError> {
    Ok(text)
}

fn main() {}
