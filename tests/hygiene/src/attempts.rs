//! Functions under several policies, whose arguments have the names that the expansion of a retry
//! uses, with attributes that only a sibling takes notice of.

use resilience4rs::{Failure, PolicyError, Registry, circuit_breaker, rate_limiter, retry};

#[retry(
    name = format!("{policy}{wait}"),
    registry = registry,
    wait_duration = "0s",
    ignore_errors(again if again.to_string().is_empty()),
    retry_result(said if *said == 255),
    fallback = locals_backup
)]
#[circuit_breaker(name = format!("{policy_1}"), registry = registry)]
#[rate_limiter("locals", registry = registry, permits = permits, limit_for_period = 50, limit_refresh_period = "1h")]
async fn locals(
    registry: &Registry,
    policy: u8,
    (wait, policy_1): (u8, u8),
    permits: u32,
    outcome: &mut u8,
    mut attempts: Vec<u8>,
    kept_5: String,
) -> Result<u8, PolicyError> {
    std::future::ready(()).await;
    *outcome += 1;
    attempts.push(*outcome);
    let result = policy + wait + policy_1 + attempts.iter().sum::<u8>();
    drop((permits, kept_5));
    Ok(if *outcome < 3 { 255 } else { result })
}

#[expect(clippy::too_many_arguments, reason = "the signature of its function")]
async fn locals_backup(
    _: &Registry,
    policy: u8,
    _: (u8, u8),
    _: u32,
    _: &mut u8,
    _: Vec<u8>,
    _: String,
    _: Failure<PolicyError>,
) -> Result<u8, PolicyError> {
    std::future::ready(()).await;
    Ok(policy)
}

macro_rules! generated {
    ($name:ident, $argument:ident, $type:ty, $body:expr) => {
        #[retry("generated attempts", wait_duration = "0s")]
        #[circuit_breaker("generated attempts")]
        fn $name($argument: $type) -> Result<$type, PolicyError> {
            $body
        }
    };
}
generated!(from_a_macro, value, String, Ok(value));

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_function_runs() {
        let registry = Registry::new();
        let mut calls = 0;
        let answer = locals(&registry, 1, (2, 3), 2, &mut calls, vec![1], String::new()).await;
        assert_eq!((answer, calls), (Ok(1 + 2 + 3 + 1 + 3), 3));
        assert_eq!(registry.retries()[0].name(), "12");
        assert_eq!(registry.circuit_breakers()[0].name(), "3");
        assert_eq!(registry.rate_limiter("locals").available_permissions(), 44);
        assert_eq!(from_a_macro("a".to_owned()), Ok("a".to_owned()));
    }
}
