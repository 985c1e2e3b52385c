use resilience4rs::{PolicyError, circuit_breaker, retry};

const SHARED: &str = "shared";

#[circuit_breaker("quotes", config = SHARED)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

#[retry("orders", config = 5)]
async fn order_number(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

#[retry("orders", config = shared)]
async fn order(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

#[retry("names", config = format!("{id}"))]
async fn name(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

#[retry("places", config("shared"))]
async fn place(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

#[retry("times", config)]
async fn time(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
