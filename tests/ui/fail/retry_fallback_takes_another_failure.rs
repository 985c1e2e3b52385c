use resilience4rs::{PolicyError, retry};

#[retry("quotes", fallback = backup)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

async fn backup(_: u64, _: String) -> Result<u64, PolicyError> {
    Ok(0)
}

fn main() {}
