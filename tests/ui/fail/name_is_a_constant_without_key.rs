use resilience4rs::{PolicyError, circuit_breaker};

const QUOTES: &str = "quotes";

#[circuit_breaker(QUOTES)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {
    let _ = QUOTES;
}
