use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", sliding_window_type = "TIME_BASED", sliding_window_size = 90000)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
