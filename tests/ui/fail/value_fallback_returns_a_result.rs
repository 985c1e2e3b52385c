use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", fallback = zero)]
fn quote() -> Option<u64> {
    Some(1)
}

fn zero(error: PolicyError) -> Result<u64, PolicyError> {
    Err(error)
}

fn main() {}
