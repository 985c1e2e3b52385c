use resilience4rs::{PolicyError, bulkhead};

#[bulkhead("quotes", max_concurrent_calls = 3_000_000_000)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
