use resilience4rs::{PolicyError, bulkhead};

struct Limits;

#[bulkhead("quotes", kind = "thread_pool")]
async fn quote(
    symbol: &str,
    ids: &[u64],
    limits: &Limits,
    into: &mut Vec<u64>,
    note: Option<&str>,
    source: &dyn std::fmt::Debug,
) -> Result<u64, PolicyError> {
    into.extend(ids);
    let _ = (symbol, limits, note, source);
    Ok(1)
}

fn main() {}
