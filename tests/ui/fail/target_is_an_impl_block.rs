use resilience4rs::circuit_breaker;

struct Exchange;

#[circuit_breaker("quotes")]
impl Exchange {
    async fn quote(&self) -> Result<u64, ()> {
        Err(())
    }
}

fn main() {}
