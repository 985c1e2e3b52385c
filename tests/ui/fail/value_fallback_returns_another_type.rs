use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", fallback = zero)]
async fn quote() -> u64 {
    1
}

async fn zero(_: PolicyError) -> String {
    String::new()
}

fn main() {}
