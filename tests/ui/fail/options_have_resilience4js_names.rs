use resilience4rs::{PolicyError, bulkhead, retry};

#[bulkhead("a", type = "THREADPOOL")]
async fn pooled() -> Result<(), PolicyError> {
    Ok(())
}

#[retry("b", retryExceptions(PolicyError::TimedOut(_)), resultPredicate(0))]
async fn retried() -> Result<u8, PolicyError> {
    Ok(1)
}

fn main() {}
