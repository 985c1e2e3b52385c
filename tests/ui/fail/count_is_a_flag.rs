use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", permitted_number_of_calls_in_half_open_state = true)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
