use resilience4rs::{Failure, PolicyError, circuit_breaker};

#[circuit_breaker("quotes")]
#[circuit_breaker("exchange", fallback = backup)]
fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

async fn backup(_: u64, _: Failure<PolicyError>) -> Result<u64, PolicyError> {
    Ok(1)
}

fn main() {}
