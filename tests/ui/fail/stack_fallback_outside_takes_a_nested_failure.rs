use resilience4rs::{Failure, PolicyError, circuit_breaker};

#[circuit_breaker("quotes", fallback = backup)]
#[circuit_breaker("exchange")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

async fn backup(_: u64, _: Failure<Failure<PolicyError>>) -> Result<u64, PolicyError> {
    Ok(1)
}

fn main() {}
