use resilience4rs::{PolicyError, rate_limiter};

#[rate_limiter("quotes", limit_for_period = 10, limit_refresh_period = "0s")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
