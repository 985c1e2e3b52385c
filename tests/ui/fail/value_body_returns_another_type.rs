use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", fallback = zero)]
async fn quote() -> Option<u64> {
    1
}

fn zero(_: PolicyError) -> Option<u64> {
    None
}

fn main() {}
