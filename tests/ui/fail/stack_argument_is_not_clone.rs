use resilience4rs::{Failure, PolicyError, circuit_breaker};

struct Connection;

#[circuit_breaker("quotes")]
#[circuit_breaker("exchange", fallback = backup)]
async fn quote(_connection: Connection) -> Result<u64, PolicyError> {
    Ok(1)
}

async fn backup(_: Connection, _: Failure<PolicyError>) -> Result<u64, PolicyError> {
    Ok(1)
}

fn main() {}
