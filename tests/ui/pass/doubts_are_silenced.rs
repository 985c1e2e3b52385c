#![deny(warnings)]

use resilience4rs::{PolicyError, circuit_breaker};

#[allow(deprecated)]
#[circuit_breaker("quotes", randomized_wait_factor = 0.2)]
fn above() -> Result<u64, PolicyError> {
    Ok(1)
}

#[circuit_breaker("quotes", randomized_wait_factor = 0.2)]
#[expect(deprecated)]
async fn below() -> Result<u64, PolicyError> {
    Ok(1)
}

struct Exchange;

#[allow(deprecated)]
#[circuit_breaker("quotes", randomized_wait_factor = 0.2)]
impl Exchange {
    fn quote(&self) -> Result<u64, PolicyError> {
        Ok(1)
    }
}

fn main() {
    assert_eq!(above(), Ok(1));
    drop(below());
    assert_eq!(Exchange.quote(), Ok(1));
}
