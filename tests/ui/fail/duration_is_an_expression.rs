use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", wait_duration_in_open_state = Duration::from_secs(30))]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
