use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", sliding_window_type = "RING")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
