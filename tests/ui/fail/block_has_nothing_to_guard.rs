use resilience4rs::circuit_breaker;

struct Exchange;

#[circuit_breaker("quotes")]
impl Exchange {
    const SOURCE: &str = "exchange";

    fn source(&self) -> &'static str {
        Self::SOURCE
    }

    fn close(&mut self) {}
}

fn main() {}
