use resilience4rs::{PolicyError, time_limiter};

#[time_limiter("quotes", kind = "thread_pool")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
