#![deny(deprecated)]

use resilience4rs::{PolicyError, retry};

#[retry("quotes", wait_duration = "0s", enable_exponential_backoff = true)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
