use resilience4rs::circuit_breaker;

struct Quote;

#[circuit_breaker("quotes")]
async fn quote() -> Quote {
    Quote
}

fn main() {}
