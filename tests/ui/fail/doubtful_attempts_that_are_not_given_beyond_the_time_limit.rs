#![deny(deprecated)]

use resilience4rs::{PolicyError, retry, time_limiter};

#[time_limiter("quotes", timeout_duration = "1s")]
#[retry("quotes", wait_duration = "500ms")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
