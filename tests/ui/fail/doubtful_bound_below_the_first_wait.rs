#![deny(deprecated)]

use resilience4rs::{PolicyError, retry};

#[retry("quotes", wait_duration = "2s", max_duration = "1s")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
