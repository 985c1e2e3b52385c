use resilience4rs::{PolicyError, retry};

#[retry("quotes", enable_exponential_backoff = true, exponential_backoff_multiplier = 0.5)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
