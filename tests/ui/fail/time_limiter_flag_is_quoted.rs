use resilience4rs::{PolicyError, time_limiter};

#[time_limiter("quotes", cancel_running_future = "false")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
