use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", plain = true, fallback = zero)]
fn quote() -> u64 {
    1
}

fn zero(_: PolicyError) -> u64 {
    0
}

fn main() {}
