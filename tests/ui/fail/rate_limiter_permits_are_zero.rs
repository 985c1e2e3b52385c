use resilience4rs::{PolicyError, rate_limiter};

#[rate_limiter("quotes", permits = 0)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
