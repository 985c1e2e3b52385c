use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("quotes", plain, fallback = nobody)]
async fn quotes() -> impl Iterator<Item = u64> {
    0..3
}

async fn nobody(_: PolicyError) -> std::ops::Range<u64> {
    0..0
}

fn main() {}
