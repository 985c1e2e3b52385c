use resilience4rs::circuit_breaker;

struct Exchange;

#[circuit_breaker("quotes")]
impl Exchange {
}

fn main() {}
