use resilience4rs::{PolicyError, bulkhead};

#[bulkhead("quotes", queue_capacity = 10)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
