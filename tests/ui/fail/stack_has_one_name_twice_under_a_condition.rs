use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes")]
#[cfg_attr(all(), resilience4rs::circuit_breaker("quotes"))]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
