use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", plain, fallback = backup)]
fn quote() -> Result<u64, PolicyError> {
    Ok(1)
}

fn backup(error: PolicyError) -> Result<u64, PolicyError> {
    Err(error)
}

fn main() {}
