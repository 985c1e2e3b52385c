//! Functions whose arguments have the names that the expansion uses itself.

use resilience4rs::{Failure, PolicyError, Registry, circuit_breaker};

const SITE: u8 = 1;

#[circuit_breaker(
    name = format!("{policy}{body}"),
    registry = registry,
    sliding_window_size = 10,
    ignore_errors(result if *result == PolicyError::clone(result)),
    record_result(value if *value == 255),
    fallback = locals_backup
)]
async fn locals(
    registry: &Registry,
    policy: u8,
    body: u8,
    (saved_2, output): (u8, u8),
    failure: &mut u8,
    config: [u8; 1],
    arg3: u8,
) -> Result<u8, PolicyError> {
    std::future::ready(()).await;
    *failure += 1;
    let [value] = config;
    let result = policy + body + saved_2 + output + value + arg3 + SITE;
    Ok(result)
}

#[expect(clippy::too_many_arguments, reason = "the signature of its function")]
async fn locals_backup(
    _: &Registry,
    policy: u8,
    _: u8,
    _: (u8, u8),
    _: &mut u8,
    _: [u8; 1],
    _: u8,
    _: Failure<PolicyError>,
) -> Result<u8, PolicyError> {
    std::future::ready(()).await;
    Ok(policy)
}

#[circuit_breaker("raw identifiers", fallback = r#match)]
fn r#type(r#fn: u8, r#mut: &mut u8) -> Result<u8, PolicyError> {
    *r#mut += 1;
    Ok(r#fn)
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn r#match(r#fn: u8, _: &mut u8, _: Failure<PolicyError>) -> Result<u8, PolicyError> {
    Ok(r#fn)
}

#[rustfmt::skip]
#[circuit_breaker("one line")]
async fn one_line(number: u8) -> Result<u8, PolicyError> { std::future::ready(Ok(number)).await }

macro_rules! generated {
    ($name:ident, $fallback:path, $argument:ident, $type:ty) => {
        #[circuit_breaker("generated", fallback = $fallback)]
        fn $name($argument: $type) -> Result<$type, PolicyError> {
            Ok($argument)
        }
    };
}
generated!(from_a_macro, from_a_macro_backup, value, u8);

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn from_a_macro_backup(value: u8, _: Failure<PolicyError>) -> Result<u8, PolicyError> {
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_function_runs() {
        let registry = Registry::new();
        let mut failures = 0;
        let answer = locals(&registry, 1, 2, (3, 4), &mut failures, [5], 6).await;
        assert_eq!((answer, failures), (Ok(22), 1));
        assert_eq!(registry.circuit_breakers()[0].name(), "12");
        assert_eq!(r#type(1, &mut failures), Ok(1));
        assert_eq!(from_a_macro(1), Ok(1));
        assert_eq!(one_line(1).await, Ok(1));
    }
}
