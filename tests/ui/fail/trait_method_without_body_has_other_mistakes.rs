use resilience4rs::circuit_breaker;

trait Quotes {
    #[circuit_breaker("quotes", colour = "red")]
    fn quote(&self);
}

fn main() {}
