#![deny(deprecated)]

use resilience4rs::{PolicyError, retry, time_limiter};

#[time_limiter("quotes", timeout_duration = "1s")]
#[retry(
    "quotes",
    max_attempts = 3,
    wait_duration = "400ms",
    enable_randomized_wait = true
)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
