use resilience4rs::{PolicyError, circuit_breaker, retry};

#[retry("payments", classify = true)]
#[circuit_breaker("payments", classify(PolicyError::CircuitOpen(_)), clasify)]
async fn pay(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
