use resilience4rs::circuit_breaker;

#[circuit_breaker("numbers")]
async fn read(text: &str) -> Result<u64, std::num::ParseIntError> {
    text.parse()
}

fn main() {}
