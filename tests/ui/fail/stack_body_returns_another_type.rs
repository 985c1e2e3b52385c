use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes")]
#[circuit_breaker("exchange")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    id
}

fn main() {}
