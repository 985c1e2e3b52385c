use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("", falback = backup, failure_rate_threshold = 500, registry)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
