use resilience4rs::circuit_breaker;

#[circuit_breaker("count")]
async fn count() -> u64 {
    1
}

fn main() {}
