use resilience4rs::{PolicyError, circuit_breaker};

struct Unreadable;

struct Exchange;

#[circuit_breaker("quotes")]
impl Exchange {
    async fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }

    fn read(&self) -> Result<u64, Unreadable> {
        Err(Unreadable)
    }
}

fn main() {}
