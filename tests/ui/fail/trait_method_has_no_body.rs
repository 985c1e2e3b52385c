use resilience4rs::circuit_breaker;

trait Quotes {
    #[circuit_breaker("quotes")]
    fn quote(&self) -> Result<u64, ()>;
}

fn main() {}
