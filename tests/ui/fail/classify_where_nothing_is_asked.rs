use resilience4rs::{PolicyError, bulkhead, circuit_breaker, rate_limiter, retry, time_limiter};

#[rate_limiter("payments", classify)]
#[bulkhead("payments", classify)]
#[time_limiter("payments", classify)]
async fn pay(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

#[circuit_breaker("names", classify, fallback = nobody)]
fn name(id: u64) -> Option<String> {
    None
}

#[retry("counts", plain, classify, fallback = zero)]
fn count(id: u64) -> Count {
    Count
}

struct Count;

fn nobody(_: u64, _: PolicyError) -> Option<String> {
    None
}

fn zero(_: u64, _: PolicyError) -> Count {
    Count
}

fn main() {}
