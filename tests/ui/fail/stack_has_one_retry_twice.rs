use resilience4rs::{PolicyError, retry};

#[retry("quotes")]
#[retry("quotes", max_attempts = 5)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
