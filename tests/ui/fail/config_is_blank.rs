use resilience4rs::{PolicyError, rate_limiter};

struct Quotes;

#[rate_limiter("quotes", config = " ")]
impl Quotes {
    async fn quote(&self, id: u64) -> Result<u64, PolicyError> {
        Ok(id)
    }
}

fn main() {}
