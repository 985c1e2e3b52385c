use resilience4rs::{PolicyError, retry};

#[retry("quotes", retry_result("0"))]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
