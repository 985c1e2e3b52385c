//! Fallbacks by pattern.

use super::*;

struct Client {
    registry: Registry,
    declined: u8,
}

impl Client {
    #[circuit_breaker("outer", registry = self.registry, fallback = last)]
    #[circuit_breaker(
        "inner",
        registry = self.registry,
        fallback(
            Failure::Call(ApiError::Declined) => declined,
            Failure::Policy(_) => self::rejected_inside,
        )
    )]
    async fn pay(&mut self, log: &mut Vec<u8>, end: Result<u8, ApiError>) -> Result<u8, ApiError> {
        log.push(0);
        end
    }

    async fn declined(
        &mut self,
        log: &mut Vec<u8>,
        _: Result<u8, ApiError>,
        _: Failure<ApiError>,
    ) -> Result<u8, ApiError> {
        self.declined += 1;
        log.push(1);
        Ok(11)
    }

    fn last(
        &mut self,
        log: &mut Vec<u8>,
        end: Result<u8, ApiError>,
        failure: Failure<ApiError>,
    ) -> Result<u8, ApiError> {
        log.push(3);
        match failure {
            Failure::Policy(_) => Ok(31),
            Failure::Call(error) => {
                assert_eq!(end, Err(error));
                Ok(32)
            }
        }
    }
}

fn rejected_inside(
    log: &mut Vec<u8>,
    end: Result<u8, ApiError>,
    _: ApiError,
) -> Result<u8, ApiError> {
    log.push(2);
    end
}

fn client() -> Client {
    Client {
        registry: registry(),
        declined: 0,
    }
}

#[tokio::test]
async fn what_the_inner_fallbacks_leave_goes_to_the_outer_one() {
    let mut client = client();
    let mut log = Vec::new();
    assert_eq!(client.pay(&mut log, Ok(1)).await, Ok(1));
    assert_eq!(client.pay(&mut log, Err(ApiError::Declined)).await, Ok(11));
    assert_eq!(client.pay(&mut log, Err(ApiError::Down)).await, Ok(32));
    assert_eq!(log, [0, 0, 1, 0, 3]);
    assert_eq!(client.declined, 1);
    assert_eq!(counts_of(&client.registry, "outer"), (2, 1));
    assert_eq!(counts_of(&client.registry, "inner"), (1, 2));
}

#[tokio::test]
async fn a_rejection_goes_to_the_fallback_of_its_own_attribute() {
    let mut client = client();
    let mut log = Vec::new();
    open(&client.registry, "inner");
    assert_eq!(client.pay(&mut log, Ok(1)).await, Ok(1));
    assert_eq!(counts_of(&client.registry, "outer"), (1, 0));
    open(&client.registry, "outer");
    assert_eq!(client.pay(&mut log, Ok(1)).await, Ok(31));
    assert_eq!(log, [2, 3]);
}

#[circuit_breaker("outer", registry = registry, fallback = anything)]
#[circuit_breaker(
    "inner",
    registry = registry,
    fallback(Failure::Call(ApiError::Declined) => declined)
)]
fn plain(registry: &Registry, _unused: String, end: Result<u8, ApiError>) -> Result<u8, ApiError> {
    end
}

fn declined(_: &Registry, _: String, _: Result<u8, ApiError>, _: ApiError) -> Result<u8, ApiError> {
    Ok(11)
}

fn anything(
    _: &Registry,
    text: String,
    _: Result<u8, ApiError>,
    error: ApiError,
) -> Result<u8, ApiError> {
    assert_eq!(text, "text");
    match error {
        ApiError::Rejected(name) if name == "inner" => Ok(31),
        other => Err(other),
    }
}

#[test]
fn a_rejection_that_no_pattern_takes_goes_outwards_as_an_error() {
    let registry = registry();
    let text = || "text".to_owned();
    let declined = plain(&registry, text(), Err(ApiError::Declined));
    assert_eq!(declined, Ok(11));
    let down = plain(&registry, text(), Err(ApiError::Down));
    assert_eq!(down, Err(ApiError::Down));
    open(&registry, "inner");
    assert_eq!(plain(&registry, text(), Ok(1)), Ok(31));
    assert_eq!(counts_of(&registry, "outer"), (1, 2));
}
