use resilience4rs::{Failure, circuit_breaker, retry};

struct Payments;

#[retry("payments", classify, fallback = give_up)]
#[circuit_breaker("payments", classify)]
impl Payments {
    async fn pay(&self, id: u64) -> Result<u64, std::fmt::Error> {
        Ok(id)
    }

    fn give_up(&self, _: u64, _: Failure<std::fmt::Error>) -> Result<u64, std::fmt::Error> {
        Ok(0)
    }
}

fn main() {}
