use resilience4rs::{PolicyError, circuit_breaker, retry};

struct Connection;

#[retry("quotes", fallback = backup)]
#[circuit_breaker("quotes")]
async fn quote(connection: Connection) -> Result<u64, PolicyError> {
    drop(connection);
    Ok(1)
}

async fn backup(_: Connection, error: PolicyError) -> Result<u64, PolicyError> {
    Err(error)
}

fn main() {}
