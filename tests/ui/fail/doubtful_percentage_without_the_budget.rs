#![deny(deprecated)]

use resilience4rs::{PolicyError, retry};

#[retry("quotes", budget_percentage = 10, budget_min_retries_per_second = 5)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
