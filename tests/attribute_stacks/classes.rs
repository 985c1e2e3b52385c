//! Classes.

use super::*;

#[circuit_breaker("all", registry = registry)]
#[circuit_breaker("not declined", registry = registry, ignore_errors(ApiError::Declined), record_result(7))]
async fn async_pay(registry: &Registry, answer: Result<u8, ApiError>) -> Result<u8, ApiError> {
    answer
}

#[circuit_breaker("all", registry = registry, record_result(7))]
#[circuit_breaker("not declined", registry = registry, ignore_errors(ApiError::Declined))]
fn plain_pay(registry: &Registry, answer: Result<u8, ApiError>) -> Result<u8, ApiError> {
    answer
}

#[tokio::test]
async fn each_policy_judges_by_its_own_patterns() {
    let registry = registry();
    assert_eq!(
        async_pay(&registry, Err(ApiError::Declined)).await,
        Err(ApiError::Declined)
    );
    assert_eq!(async_pay(&registry, Ok(7)).await, Ok(7));
    assert_eq!(counts_of(&registry, "all"), (1, 1));
    assert_eq!(counts_of(&registry, "not declined"), (0, 1));
}

#[test]
fn each_policy_of_a_plain_function_judges_by_its_own_patterns() {
    let registry = registry();
    assert_eq!(
        plain_pay(&registry, Err(ApiError::Declined)),
        Err(ApiError::Declined)
    );
    assert_eq!(plain_pay(&registry, Ok(7)), Ok(7));
    assert_eq!(counts_of(&registry, "all"), (0, 2));
    assert_eq!(counts_of(&registry, "not declined"), (1, 0));
}
