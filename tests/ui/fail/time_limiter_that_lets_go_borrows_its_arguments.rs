use resilience4rs::{PolicyError, time_limiter};

#[time_limiter("quotes", cancel_running_future = false)]
async fn quote(symbol: &str, ids: &[u64]) -> Result<u64, PolicyError> {
    Ok(ids[symbol.len()])
}

fn main() {}
