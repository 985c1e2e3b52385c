use resilience4rs::circuit_breaker;

struct ApiError;

#[circuit_breaker("quotes", fallback = BACKUP)]
async fn quote(id: u64) -> Result<u64, ApiError> {
    Err(ApiError)
}

const BACKUP: u64 = 1;

fn main() {}
