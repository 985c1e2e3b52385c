use resilience4rs::{PolicyError, bulkhead};

#[bulkhead("quotes", kind = "thread_pool", max_concurrent_calls = 10)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
