use resilience4rs::{PolicyError, rate_limiter};

#[rate_limiter("quotes", ignore_errors(_))]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
