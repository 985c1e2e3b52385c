use resilience4rs::{PolicyError, retry};

#[retry("quotes", ignore_errors(_), retry_errors(_), fallback = backup)]
fn quote(id: u64) -> Option<u64> {
    Some(id)
}

fn backup(_: u64, _: PolicyError) -> Option<u64> {
    None
}

fn main() {}
