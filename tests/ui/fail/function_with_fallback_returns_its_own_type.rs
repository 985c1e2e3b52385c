use resilience4rs::{Failure, circuit_breaker};

struct Quote;

#[circuit_breaker("quotes", fallback = backup)]
async fn quote() -> Quote {
    Quote
}

async fn backup(_: Failure<()>) -> Quote {
    Quote
}

fn main() {}
