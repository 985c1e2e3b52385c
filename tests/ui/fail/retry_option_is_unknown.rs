use resilience4rs::{PolicyError, retry};

#[retry("quotes", priority = 2)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
