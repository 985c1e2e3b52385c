use resilience4rs::circuit_breaker;

struct ApiError;

struct Exchange;

impl Exchange {
    #[circuit_breaker("quotes", fallback = backup)]
    fn quote(&mut self) -> impl Future<Output = Result<u64, ApiError>> {
        async move { Err(ApiError) }
    }
}

fn main() {}
