use resilience4rs::{PolicyError, time_limiter};

#[time_limiter("quotes", config = "shared", config = "other")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
