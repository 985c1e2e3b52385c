use resilience4rs::{PolicyError, time_limiter};

struct Exchange;

impl Exchange {
    #[time_limiter("quotes", cancel_running_future = false)]
    async fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }
}

fn main() {}
