#![deny(deprecated)]

use resilience4rs::{PolicyError, rate_limiter};

#[rate_limiter("quotes", limit_for_period = 10)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
