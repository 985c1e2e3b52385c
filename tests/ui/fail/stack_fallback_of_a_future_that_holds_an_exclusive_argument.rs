use std::pin::Pin;

use resilience4rs::{Failure, PolicyError, circuit_breaker};

#[circuit_breaker("quotes")]
#[circuit_breaker("exchange", fallback = backup)]
fn quote(into: &mut Vec<u8>) -> Pin<Box<dyn Future<Output = Result<u64, PolicyError>> + '_>> {
    Box::pin(async move {
        into.push(1);
        Ok(1)
    })
}

async fn backup(_: &mut Vec<u8>, _: Failure<PolicyError>) -> Result<u64, PolicyError> {
    Ok(1)
}

fn main() {}
