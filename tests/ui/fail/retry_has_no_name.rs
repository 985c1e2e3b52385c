use resilience4rs::{PolicyError, retry};

#[retry(max_attempts = 3)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
