#![deny(deprecated)]

use resilience4rs::{PolicyError, bulkhead, retry};

struct Exchange;

#[retry("exchange")]
impl Exchange {
    #[bulkhead("quotes", fallback = backup)]
    async fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }

    async fn backup(&self, error: PolicyError) -> Result<u64, PolicyError> {
        Err(error)
    }
}

fn main() {}
