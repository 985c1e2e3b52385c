use resilience4rs::circuit_breaker;

struct ApiError;

#[circuit_breaker("quotes")]
fn quote(id: u64) -> impl Future<Output = Result<u64, ApiError>> {
    async move { Err(ApiError) }
}

fn main() {}
