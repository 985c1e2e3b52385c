use resilience4rs::{Failure, PolicyError, circuit_breaker};

#[circuit_breaker("provider")]
#[circuit_breaker("host", fallback = none)]
fn quote(id: u64) -> Option<u64> {
    Some(id)
}

fn none(_: u64, _: PolicyError) -> Option<u64> {
    None
}

#[circuit_breaker("provider", fallback = none)]
#[circuit_breaker("host", fallback(Failure::Policy(PolicyError::CircuitOpen(_)) => none))]
fn other_quote(id: u64) -> Option<u64> {
    Some(id)
}

fn main() {
    let _ = quote(1);
    let _ = other_quote(1);
}
