use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", sliding_window_size = 0)]
#[circuit_breaker(1)]
#[circuit_breaker("exchange", fallback = "backup")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
