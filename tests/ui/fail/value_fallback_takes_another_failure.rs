use resilience4rs::{Failure, circuit_breaker};

#[circuit_breaker("quotes", fallback = zero)]
async fn quote() -> u64 {
    1
}

fn zero(_: Failure<std::io::Error>) -> u64 {
    0
}

fn main() {}
