use resilience4rs::{retry};

#[retry("quotes", retry_result(None))]
async fn quote(id: u64) -> Option<u64> {
    Some(id)
}

fn main() {}
