use resilience4rs::circuit_breaker;

struct ApiError;

#[circuit_breaker("quotes", fallback)]
async fn quote(id: u64) -> Result<u64, ApiError> {
    Ok(id)
}

fn main() {}
