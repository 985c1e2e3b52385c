#![deny(deprecated)]

use resilience4rs::{PolicyError, time_limiter};

#[time_limiter("request", timeout_duration = "1s")]
#[time_limiter("quotes", timeout_duration = "2s")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
