use resilience4rs::{retry};

struct ApiError;

#[retry("quotes")]
async fn quote(id: u64) -> Result<u64, ApiError> {
    Ok(id)
}

fn main() {}
