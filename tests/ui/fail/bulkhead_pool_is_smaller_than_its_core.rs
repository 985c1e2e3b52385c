use resilience4rs::{PolicyError, bulkhead};

#[bulkhead(
    "quotes",
    kind = "thread_pool",
    core_thread_pool_size = 4,
    max_thread_pool_size = 2
)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
