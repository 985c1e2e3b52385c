use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("payments", classify, record_errors(_ if id == 7))]
fn pay<E: From<PolicyError>>(id: u64) -> Result<u64, E> {
    Ok(id)
}

fn main() {}
