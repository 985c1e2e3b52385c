use resilience4rs::{PolicyError, circuit_breaker};

struct ApiError;

impl From<PolicyError> for ApiError {
    fn from(_: PolicyError) -> Self {
        Self
    }
}

#[circuit_breaker("quotes")]
async fn quote(id: u64) -> Result<u64, ApiError> {
    id.to_string()
}

fn main() {}
