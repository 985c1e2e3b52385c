#![deny(deprecated)]

use resilience4rs::{Failure, PolicyError, circuit_breaker, retry};

#[retry("quotes")]
#[circuit_breaker("quotes", fallback(Failure::Policy(_) => backup, _ => backup))]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

async fn backup(_: u64, error: PolicyError) -> Result<u64, PolicyError> {
    Err(error)
}

fn main() {}
