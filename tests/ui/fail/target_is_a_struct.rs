use resilience4rs::circuit_breaker;

#[circuit_breaker("quotes")]
pub struct Exchange;

fn main() {}
