use resilience4rs::circuit_breaker;

struct ApiError;

#[circuit_breaker("quotes")]
async fn quote(id: u64) -> Result<u64, ApiError> {
    Err(ApiError)
}

fn main() {}
