//! What policies make of errors that say themselves what class they are of.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;
use std::time::Duration;

use resilience4rs::{
    Classification, ErrorClass, Failure, PolicyError, Registry, RetryAfter, bulkhead,
    circuit_breaker, retry,
};

#[derive(Debug, Clone, PartialEq, Eq, ErrorClass)]
enum ApiError {
    #[class(failure)]
    Failure,
    #[class(retry)]
    Retry,
    #[class(failure, retry)]
    FailureAndRetry,
    #[class(no_retry)]
    NoRetry,
    #[class(failure)]
    #[class(no_retry)]
    FailureNoRetry,
    #[class(ignore)]
    Ignore,
    #[class(ignore, no_retry)]
    IgnoreNoRetry,
    #[class(retry, ignore)]
    IgnoreRetry { after: Duration },
    #[class(transparent)]
    Policy(PolicyError),
}

impl From<PolicyError> for ApiError {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error)
    }
}

const BUSY: ApiError = ApiError::IgnoreRetry {
    after: Duration::from_millis(3),
};

/// Errors, whether they count as failures, and whether they are retried.
const TABLE: &[(ApiError, bool, bool)] = &[
    (ApiError::Failure, true, true),
    (ApiError::Retry, true, true),
    (ApiError::FailureAndRetry, true, true),
    (ApiError::NoRetry, true, false),
    (ApiError::FailureNoRetry, true, false),
    (ApiError::Ignore, false, false),
    (ApiError::IgnoreNoRetry, false, false),
    (BUSY, false, true),
];

struct Client {
    registry: Registry,
}

impl Client {
    fn new() -> Self {
        Self {
            registry: Registry::new(),
        }
    }

    #[retry("api", classify, registry = &self.registry, max_attempts = 2, wait_duration = "0s")]
    #[circuit_breaker("api", classify, registry = &self.registry)]
    async fn get(&self, made: &mut u32, error: ApiError) -> Result<u8, ApiError> {
        *made += 1;
        Err(error)
    }

    #[retry("api", classify, registry = &self.registry, max_attempts = 2, wait_duration = "0s")]
    #[circuit_breaker("api", classify, registry = &self.registry)]
    fn get_blocking(&self, made: &mut u32, error: ApiError) -> Result<u8, ApiError> {
        *made += 1;
        Err(error)
    }

    /// Patterns go first, the class is for what they do not match.
    #[retry(
        "overruled", classify, registry = &self.registry, max_attempts = 2, wait_duration = "0s",
        retry_errors(ApiError::Ignore), ignore_errors(ApiError::Failure), retry_result(7)
    )]
    #[circuit_breaker(
        "overruled", classify, registry = &self.registry,
        record_errors(ApiError::Ignore), ignore_errors(ApiError::Failure), record_result(7)
    )]
    fn overruled(&self, made: &mut u32, end: Result<u8, ApiError>) -> Result<u8, ApiError> {
        *made += 1;
        end
    }

    /// Nobody asks.
    #[retry("unasked", registry = &self.registry, max_attempts = 2, wait_duration = "0s")]
    #[circuit_breaker("unasked", registry = &self.registry)]
    fn unasked(&self, made: &mut u32, error: ApiError) -> Result<u8, ApiError> {
        *made += 1;
        Err(error)
    }

    fn failures(&self, breaker: &str) -> u64 {
        self.registry
            .circuit_breaker(breaker)
            .metrics()
            .failed_calls
    }

    fn calls(&self, breaker: &str) -> u64 {
        let metrics = self.registry.circuit_breaker(breaker).metrics();
        metrics.failed_calls + metrics.successful_calls
    }
}

#[tokio::test]
async fn each_class_counts_and_is_retried_as_the_table_says() {
    for (error, is_failure, is_retried) in TABLE {
        assert_eq!(error.classify().is_failure(), *is_failure, "{error:?}");
        assert_eq!(error.classify().is_retried(), *is_retried, "{error:?}");
        let attempts = if *is_retried { 2 } else { 1 };
        let failures = if *is_failure { attempts.into() } else { 0 };

        let (client, mut made) = (Client::new(), 0);
        assert_eq!(
            client.get(&mut made, error.clone()).await.as_ref(),
            Err(error)
        );
        assert_eq!(
            (made, client.failures("api")),
            (attempts, failures),
            "{error:?}"
        );
        assert_eq!(
            client.calls("api"),
            failures,
            "ignored is no success: {error:?}"
        );

        let (client, mut made) = (Client::new(), 0);
        assert_eq!(
            client.get_blocking(&mut made, error.clone()).as_ref(),
            Err(error)
        );
        assert_eq!(
            (made, client.failures("api")),
            (attempts, failures),
            "{error:?}"
        );
    }
}

#[test]
fn nobody_asks_for_a_class_without_the_word() {
    let (client, mut made) = (Client::new(), 0);
    assert!(client.unasked(&mut made, ApiError::Ignore).is_err());
    assert_eq!((made, client.failures("unasked")), (2, 2));
}

#[test]
fn a_pattern_overrules_the_class() {
    for (end, attempts, failures) in [
        (Err(ApiError::Ignore), 2, 2),
        (Err(ApiError::Failure), 1, 0),
        (Err(ApiError::NoRetry), 1, 1),
        (Err(BUSY), 2, 0),
        (Ok(7), 2, 2),
        (Ok(1), 1, 0),
    ] {
        let (client, mut made) = (Client::new(), 0);
        assert_eq!(client.overruled(&mut made, end.clone()), end);
        assert_eq!(
            (made, client.failures("overruled")),
            (attempts, failures),
            "{end:?}"
        );
    }
}

/// A service of which something further inside rejects every call.
struct Rejected {
    registry: Registry,
}

#[retry("outside", classify, registry = &self.registry, max_attempts = 2, wait_duration = "0s")]
#[circuit_breaker("outside", classify, registry = &self.registry)]
impl Rejected {
    fn wrapped(&self, error: &PolicyError) -> Result<u8, ApiError> {
        Err(error.clone().into())
    }

    // Its own breakers take the place of the block's.
    #[circuit_breaker("outside", classify, registry = &self.registry)]
    #[circuit_breaker("inside", registry = &self.registry, initial_state = "FORCED_OPEN")]
    fn by_breaker(&self) -> Result<u8, ApiError> {
        Ok(7)
    }

    #[bulkhead("inside", registry = &self.registry, max_concurrent_calls = 0)]
    #[allow(deprecated, reason = "no place is what it is for")]
    fn by_bulkhead(&self) -> Result<u8, ApiError> {
        Ok(7)
    }

    /// Failed calls, and those that were retried.
    fn counts(&self) -> (u64, u64) {
        let breaker = self.registry.circuit_breaker("outside").metrics();
        let retry = self.registry.retry("outside").metrics();
        (breaker.failed_calls, retry.failed_calls_with_retry)
    }
}

#[test]
fn an_error_that_wraps_a_policys_counts_as_that_does_further_inside_of_a_stack() {
    let by_breaker = Rejected::by_breaker as fn(&Rejected) -> _;
    for (stacked, counts) in [(by_breaker, (1, 0)), (Rejected::by_bulkhead, (0, 1))] {
        let rejected = || Rejected {
            registry: Registry::new(),
        };
        let inside = rejected();
        let Err(ApiError::Policy(error)) = stacked(&inside) else {
            panic!("it was let through")
        };
        let wrapped = rejected();
        assert!(wrapped.wrapped(&error).is_err());
        assert_eq!(wrapped.counts(), counts, "{error}");
        assert_eq!(inside.counts(), counts, "{error}");
    }
}

#[test]
fn an_error_inside_is_asked_through_whatever_holds_it() {
    #[derive(ErrorClass)]
    #[class(no_retry)]
    struct Unclear;

    #[derive(ErrorClass)]
    enum Held<'a, T: ?Sized> {
        #[class(transparent)]
        Boxed(Box<T>),
        #[class(transparent)]
        Shared { error: Arc<T> },
        #[class(transparent)]
        Borrowed(&'a T),
        #[class(transparent)]
        Failed(Failure<Unclear>),
        #[class(ignore)]
        Nothing,
    }

    #[derive(ErrorClass)]
    #[class(transparent)]
    struct Outer<E>(E);

    let no_retry = Classification::FAILURE.no_retry();
    let dynamic: Box<dyn ErrorClass> = Box::new(Unclear);
    let held: [Held<'_, dyn ErrorClass>; 5] = [
        Held::Boxed(dynamic),
        Held::Shared {
            error: Arc::new(Unclear),
        },
        Held::Borrowed(&Unclear),
        Held::Failed(Failure::Call(Unclear)),
        Held::Nothing,
    ];
    let classes: Vec<_> = held.iter().map(ErrorClass::classify).collect();
    let ignored = Classification::IGNORE;
    assert_eq!(classes, [no_retry, no_retry, no_retry, no_retry, ignored]);
    assert_eq!(Outer(Outer(Unclear)).classify(), no_retry);
}

#[tokio::test]
async fn an_error_that_is_retried_by_its_class_still_says_how_long_to_wait() {
    #[derive(Debug, ErrorClass)]
    enum Busy {
        #[class(ignore, retry)]
        For(Duration),
        #[class(transparent)]
        Policy(PolicyError),
    }

    impl RetryAfter for Busy {
        fn retry_after(&self) -> Option<Duration> {
            match self {
                Self::For(wait) => Some(*wait),
                Self::Policy(_) => None,
            }
        }
    }

    impl From<PolicyError> for Busy {
        fn from(error: PolicyError) -> Self {
            Self::Policy(error)
        }
    }

    #[retry("busy", classify, registry = registry, max_attempts = 2, wait_duration = "1h")]
    async fn ask(registry: &Registry, made: &mut u32) -> Result<u8, Busy> {
        *made += 1;
        Err(Busy::For(Duration::from_millis(1)))
    }

    let mut made = 0;
    assert!(ask(&Registry::new(), &mut made).await.is_err());
    assert_eq!(made, 2);
}

#[test]
fn a_variant_has_its_name_through_all_that_errors_are_wrapped_in() {
    let error = ApiError::Ignore;
    let by_reference = &error;
    assert_eq!(
        <&ApiError as ErrorClass>::variant_name(&by_reference),
        Some("Ignore")
    );
    assert_eq!(Box::new(error.clone()).variant_name(), Some("Ignore"));
    assert_eq!(Arc::new(error.clone()).variant_name(), Some("Ignore"));
    assert_eq!(
        Failure::Call(Box::new(error) as Box<dyn ErrorClass>).variant_name(),
        Some("Ignore")
    );
    let in_a_box = Box::new(Failure::Call(Arc::new(ApiError::Retry)));
    assert_eq!(in_a_box.variant_name(), Some("Retry"));
}
