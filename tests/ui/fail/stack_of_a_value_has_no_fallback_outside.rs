use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("provider")]
#[circuit_breaker("host", fallback = none)]
fn quote(id: u64) -> Option<u64> {
    Some(id)
}

fn none(_: u64, _: PolicyError) -> Option<u64> {
    None
}

fn main() {
    let _ = quote(1);
}
