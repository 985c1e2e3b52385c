use resilience4rs::circuit_breaker;

mod other {
    pub struct Exchange;

    impl Exchange {
        async fn backup(&self, _: resilience4rs::Failure<()>) -> Result<u64, ()> {
            Ok(1)
        }
    }
}

impl other::Exchange {
    #[circuit_breaker("quotes", fallback = backup)]
    async fn quote(&self) -> Result<u64, ()> {
        Err(())
    }
}

fn main() {}
