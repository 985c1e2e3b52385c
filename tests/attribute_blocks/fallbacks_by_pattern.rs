//! Fallbacks by pattern.

use super::*;

struct Client {
    registry: Registry,
}

#[circuit_breaker(
    "client",
    registry = self.registry,
    fallback(Failure::Policy(_) => rejected_call, _ => Self::failed_call)
)]
impl Client {
    async fn slow(&self, id: u8) -> Answer {
        if id == 0 { Err(ApiError::Down) } else { Ok(id) }
    }

    fn fast(&self, id: u8) -> Answer {
        if id == 0 { Err(ApiError::Down) } else { Ok(id) }
    }

    fn rejected_call(&self, id: u8, _: Failure<ApiError>) -> Answer {
        Ok(id + 100)
    }

    fn failed_call(&self, id: u8, error: ApiError) -> Answer {
        assert_eq!(error, ApiError::Down);
        Ok(id + 200)
    }

    fn cannot_fail(&self) -> u8 {
        7
    }

    fn nothing(&self) {}

    #[circuit_breaker("own", registry = self.registry, fallback = none)]
    fn found(&self, id: u8) -> Option<u8> {
        Some(id)
    }

    fn none(&self, _: u8, _: PolicyError) -> Option<u8> {
        None
    }
}

#[tokio::test]
async fn they_answer_for_every_method_that_can_fail_and_are_not_guarded_themselves() {
    let client = Client {
        registry: registry(),
    };
    assert_eq!(client.slow(1).await, Ok(1));
    assert_eq!(client.slow(0).await, Ok(200));
    assert_eq!(client.fast(0), Ok(200));
    assert_eq!(counts(&client.registry, "client"), (1, 2));
    open(&client.registry, "client");
    assert_eq!(client.slow(1).await, Ok(101));
    assert_eq!(client.fast(1), Ok(101));
    let failure = || Failure::Call(ApiError::Down);
    assert_eq!(client.rejected_call(1, failure()), Ok(101));
    assert_eq!(client.failed_call(1, ApiError::Down), Ok(201));
    assert_eq!(client.cannot_fail(), 7);
    client.nothing();
}

#[test]
fn a_method_that_cannot_fail_has_an_attribute_of_its_own() {
    let client = Client {
        registry: registry(),
    };
    open(&client.registry, "client");
    assert_eq!(client.found(1), Some(1));
    open(&client.registry, "own");
    assert_eq!(client.found(1), None);
}
