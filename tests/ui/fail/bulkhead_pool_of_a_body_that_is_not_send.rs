use resilience4rs::{PolicyError, bulkhead};

use std::rc::Rc;

#[bulkhead("quotes", kind = "thread_pool")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    let id = Rc::new(id);
    std::future::ready(()).await;
    Ok(*id)
}

fn main() {}
