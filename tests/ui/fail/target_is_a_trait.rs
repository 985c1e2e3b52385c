use resilience4rs::circuit_breaker;

#[circuit_breaker("quotes")]
trait Quotes {
    fn quote(&self) -> Result<u64, ()>;
}

fn main() {}
