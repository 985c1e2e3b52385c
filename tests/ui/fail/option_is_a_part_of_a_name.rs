use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", window_size = 10)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
