use resilience4rs::circuit_breaker;

#[circuit_breaker("quotes")]
const LIMIT: u64 = 5;

fn main() {}
