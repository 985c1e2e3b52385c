use resilience4rs::{PolicyError, retry};

#[retry("quotes", fallback = backup)]
fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

async fn backup(_: u64, _: PolicyError) -> Result<u64, PolicyError> {
    Ok(0)
}

fn main() {}
