use resilience4rs::circuit_breaker;

struct ApiError;

#[circuit_breaker("quotes", falback = backup)]
async fn quote(id: u64) -> Result<u64, ApiError> {
    Ok(id)
}

async fn caller() -> Result<u64, ApiError> {
    quote(1).await
}

fn main() {}
