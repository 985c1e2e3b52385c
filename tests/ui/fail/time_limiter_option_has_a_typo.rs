use resilience4rs::{PolicyError, time_limiter};

#[time_limiter("quotes", timeout_duratoin = "5s")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
