use resilience4rs::{PolicyError, bulkhead};

#[bulkhead("quotes", coreThreadPoolSize = 2, max_thread_poolsize = 4)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
