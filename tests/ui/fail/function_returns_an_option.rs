use resilience4rs::circuit_breaker;

#[circuit_breaker("find")]
fn find(id: u64) -> Option<String> {
    Some(id.to_string())
}

fn main() {}
