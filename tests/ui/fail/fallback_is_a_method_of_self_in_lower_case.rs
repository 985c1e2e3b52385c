use resilience4rs::circuit_breaker;

struct ApiError;

struct Exchange;

impl Exchange {
    #[circuit_breaker("quotes", fallback = self.backup)]
    async fn quote(&self, id: u64) -> Result<u64, ApiError> {
        Ok(id)
    }
}

fn main() {}
