use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", ignore_errors(_), record_errors(404), fallback = zero)]
async fn quote() -> u64 {
    1
}

fn zero(_: PolicyError) -> u64 {
    0
}

fn main() {}
