use resilience4rs::{PolicyError, retry};

#[retry("quotes", max_duration = "0s")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
