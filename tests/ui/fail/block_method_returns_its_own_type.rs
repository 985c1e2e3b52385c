use resilience4rs::{PolicyError, circuit_breaker};

struct Settings;

struct Exchange;

#[circuit_breaker("quotes")]
impl Exchange {
    async fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }

    fn settings(&self) -> Settings {
        Settings
    }
}

fn main() {}
