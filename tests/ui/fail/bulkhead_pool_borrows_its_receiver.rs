use resilience4rs::{PolicyError, bulkhead};

struct Exchange;

impl Exchange {
    #[bulkhead("quotes", kind = "thread_pool")]
    async fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }

    #[bulkhead("quotes", kind = "thread_pool")]
    async fn count(&mut self) -> Result<u64, PolicyError> {
        Ok(1)
    }

    #[bulkhead("quotes", kind = "thread_pool")]
    async fn pinned(self: std::pin::Pin<&mut Self>) -> Result<u64, PolicyError> {
        Ok(1)
    }
}

fn main() {}
