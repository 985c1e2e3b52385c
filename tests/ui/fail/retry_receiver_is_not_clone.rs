use resilience4rs::{PolicyError, retry};

struct Job;

impl Job {
    #[retry("jobs")]
    async fn run(self) -> Result<(), PolicyError> {
        Ok(())
    }
}

fn main() {}
