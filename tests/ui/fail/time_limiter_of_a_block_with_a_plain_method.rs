use resilience4rs::{PolicyError, time_limiter};

struct Exchange;

#[time_limiter("exchange")]
impl Exchange {
    async fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }

    fn rate(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }
}

fn main() {}
