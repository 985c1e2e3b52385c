use resilience4rs::circuit_breaker;

mod other {
    pub struct Exchange;

    impl Exchange {
        async fn backup(&self, id: u64, _: resilience4rs::Failure<()>) -> Result<u64, ()> {
            Ok(id)
        }
    }
}

impl Quote for other::Exchange {
    #[circuit_breaker("quotes", fallback = backup)]
    async fn quote(&self, id: u64) -> Result<u64, ()> {
        Err(())
    }
}

trait Quote {
    async fn quote(&self, id: u64) -> Result<u64, ()>;
}

fn main() {}
