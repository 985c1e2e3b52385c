//! How the tests run a shape.

use resilience4rs::{CircuitBreaker, Registry};

/// Calls a function with its breaker closed, which counts a success, and then open.
///
/// The calls are an expression, evaluated each time.
#[macro_export]
macro_rules! run {
    ($name:literal, $call:expr, $closed:expr, $open:expr) => {{
        let breaker = $crate::testing::breaker($name);
        let before = breaker.metrics().successful_calls;
        assert_eq!($call, $closed, "{} closed", $name);
        let after = breaker.metrics().successful_calls;
        assert!(after > before, "{} is guarded", $name);
        breaker.transition_to_open().unwrap();
        assert_eq!($call, $open, "{} open", $name);
        let rejected = breaker.metrics().not_permitted_calls;
        assert_eq!(rejected, 1, "{} is rejected", $name);
    }};
}

/// The breaker that the attribute of that name uses.
#[must_use]
pub fn breaker(name: &str) -> CircuitBreaker {
    Registry::global().circuit_breaker(name)
}
