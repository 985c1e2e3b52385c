use resilience4rs::{Failure, PolicyError, circuit_breaker};

#[circuit_breaker("quotes", fallback(Failure::Policy(PolicyError::CircuitOpen(_)) => zero))]
async fn quote() -> u64 {
    1
}

fn zero(_: PolicyError) -> u64 {
    0
}

fn main() {}
