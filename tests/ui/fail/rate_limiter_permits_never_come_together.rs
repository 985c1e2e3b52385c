use resilience4rs::{PolicyError, rate_limiter};

#[rate_limiter(
    "quotes",
    permits = 50,
    limit_for_period = 10,
    limit_refresh_period = "1s",
    timeout_duration = "1s"
)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
