use resilience4rs::{PolicyError, retry};

#[retry("quotes", failure_rate_threshold = 50)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
