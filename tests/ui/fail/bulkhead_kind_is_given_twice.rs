use resilience4rs::{PolicyError, bulkhead};

#[bulkhead("quotes", kind = "thread_pool", kind = "semaphore")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
