use resilience4rs::{PolicyError, rate_limiter};

#[rate_limiter("quotes", per_second = 10)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
