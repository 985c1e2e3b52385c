use resilience4rs::{PolicyError, rate_limiter};

#[rate_limiter("quotes", permits = ids.len())]
async fn quote(ids: &[u64]) -> Result<u64, PolicyError> {
    Ok(ids[0])
}

fn main() {}
