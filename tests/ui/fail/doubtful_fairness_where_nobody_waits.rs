#![deny(deprecated)]

use resilience4rs::{PolicyError, bulkhead};

#[bulkhead("quotes", fair_call_handling_enabled = false)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
