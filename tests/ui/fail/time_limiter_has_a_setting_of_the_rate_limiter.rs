use resilience4rs::{PolicyError, time_limiter};

#[time_limiter("quotes", limit_for_period = 5)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
