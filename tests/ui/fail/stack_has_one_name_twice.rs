use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes")]
#[circuit_breaker("exchange")]
#[circuit_breaker(name = "quotes", sliding_window_size = 10)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
