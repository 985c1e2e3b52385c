#![deny(deprecated)]

use resilience4rs::{PolicyError, retry};

#[retry("quotes", exponential_backoff_multiplier = 2.0)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
