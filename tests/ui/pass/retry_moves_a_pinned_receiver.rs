use resilience4rs::{PolicyError, retry};

use std::pin::Pin;

struct Job(u64);

impl Job {
    #[retry("jobs")]
    async fn run(self: Pin<&mut Self>) -> Result<u64, PolicyError> {
        Ok(self.get_mut().0)
    }
}

fn main() {}
