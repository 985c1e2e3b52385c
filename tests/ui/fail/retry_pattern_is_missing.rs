use resilience4rs::{PolicyError, retry};

#[derive(Debug)]
enum ApiError {
    Down,
    Policy(PolicyError),
}

impl From<PolicyError> for ApiError {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error)
    }
}

#[retry("quotes", retry_errors)]
async fn quote(id: u64) -> Result<u64, ApiError> {
    Ok(id)
}

fn main() {}
