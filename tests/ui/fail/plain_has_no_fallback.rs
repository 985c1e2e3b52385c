use resilience4rs::circuit_breaker;

struct Quote;

#[circuit_breaker("quotes", plain)]
fn quote() -> Quote {
    Quote
}

fn main() {}
