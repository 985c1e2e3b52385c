//! Every kind of function that the attribute takes, each run with its breaker closed and open.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self,
    reason = "a fallback has the signature of its function, whether or not it needs all of it"
)]
#![allow(clippy::unwrap_used, reason = "a test")]

use std::borrow::Cow;
use std::fmt::{Debug, Display};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use resilience4rs::{CircuitBreaker, Clock, Failure, PolicyError, Registry, circuit_breaker};

#[derive(Debug, Clone, PartialEq, Eq)]
enum ApiError {
    Down,
    Rejected(PolicyError),
}

impl From<PolicyError> for ApiError {
    fn from(error: PolicyError) -> Self {
        Self::Rejected(error)
    }
}

fn registry() -> Registry {
    Registry::builder().clock(Clock::manual()).build()
}

/// Opens the breaker of that name.
fn open(registry: &Registry, name: &str) -> CircuitBreaker {
    let breaker = registry.circuit_breaker(name);
    breaker.transition_to_open().unwrap();
    breaker
}

fn is_rejected<T: Debug>(result: Result<T, ApiError>) -> bool {
    matches!(result, Err(ApiError::Rejected(PolicyError::CircuitOpen(_))))
}

/// A call's count, for functions in the global registry, whose names are their own.
fn successes(name: &str) -> u64 {
    Registry::global()
        .circuit_breaker(name)
        .metrics()
        .successful_calls
}

fn sendable<T: Send>(value: T) -> T {
    value
}

mod free_functions {
    use super::*;

    macro_rules! guarded_block {
        ($name:ident, $body:block) => {
            #[circuit_breaker("shape of a macro's block")]
            fn $name() -> Result<u8, PolicyError> $body
        };
    }

    guarded_block!(from_a_block, { Ok(7) });

    #[test]
    fn body_can_come_from_a_macros_block() {
        assert_eq!(from_a_block(), Ok(7));
        assert_eq!(successes("shape of a macro's block"), 1);
    }

    #[circuit_breaker("free async")]
    async fn free_async(id: u64) -> Result<u64, ApiError> {
        std::future::ready(Ok(id + 1)).await
    }

    #[tokio::test]
    async fn async_function_is_guarded() {
        assert_eq!(free_async(1).await, Ok(2));
        assert_eq!(successes("free async"), 1);
        open(Registry::global(), "free async");
        assert!(is_rejected(free_async(1).await));
    }

    #[circuit_breaker(name = "free plain")]
    fn free_plain(id: u64) -> Result<u64, ApiError> {
        if id == 0 {
            return Err(ApiError::Down);
        }
        let id: u64 = "1".parse::<u64>().map_err(|_| ApiError::Down)? + id;
        Ok(id)
    }

    #[test]
    fn plain_function_with_early_return_is_guarded() {
        assert_eq!(free_plain(1), Ok(2));
        assert_eq!(free_plain(0), Err(ApiError::Down));
        let metrics = Registry::global().circuit_breaker("free plain").metrics();
        assert_eq!((metrics.successful_calls, metrics.failed_calls), (1, 1));
        open(Registry::global(), "free plain");
        assert!(is_rejected(free_plain(1)));
    }

    #[circuit_breaker("consumed", registry = registry)]
    async fn consumed(
        registry: &Registry,
        name: String,
        items: Vec<u8>,
    ) -> Result<(String, Vec<u8>), ApiError> {
        let name = name;
        Ok((name, items))
    }

    #[tokio::test]
    async fn owned_arguments_move_into_the_body() {
        let registry = registry();
        let answer = consumed(&registry, "a".to_owned(), vec![1]).await;
        assert_eq!(answer, Ok(("a".to_owned(), vec![1])));
    }

    #[circuit_breaker("borrowed", registry = registry, fallback = borrowed_backup)]
    async fn borrowed<'a>(
        registry: &Registry,
        text: &'a str,
        other: &str,
    ) -> Result<&'a str, ApiError> {
        if other.is_empty() {
            Err(ApiError::Down)
        } else {
            Ok(&text[1..])
        }
    }

    async fn borrowed_backup<'a>(
        _: &Registry,
        text: &'a str,
        _other: &str,
        _failure: Failure<ApiError>,
    ) -> Result<&'a str, ApiError> {
        Ok(&text[..1])
    }

    #[tokio::test]
    async fn borrowed_results_pass_through_body_and_fallback() {
        let registry = registry();
        assert_eq!(sendable(borrowed(&registry, "abc", "x")).await, Ok("bc"));
        assert_eq!(borrowed(&registry, "abc", "").await, Ok("a"));
    }

    #[circuit_breaker("exclusive argument", registry = registry, fallback = fill_backup)]
    async fn fill(registry: &Registry, buffer: &mut Vec<u8>) -> Result<usize, ApiError> {
        buffer.push(1);
        Err(ApiError::Down)
    }

    fn fill_backup(_: &Registry, buffer: &mut Vec<u8>, _: ApiError) -> Result<usize, ApiError> {
        buffer.push(2);
        Ok(buffer.len())
    }

    #[tokio::test]
    async fn exclusive_references_are_lent_to_the_body_and_then_go_to_the_fallback() {
        let registry = registry();
        let mut buffer = Vec::new();
        assert_eq!(fill(&registry, &mut buffer).await, Ok(2));
        assert_eq!(buffer, [1, 2]);
        open(&registry, "exclusive argument");
        assert_eq!(fill(&registry, &mut buffer).await, Ok(3));
        assert_eq!(buffer, [1, 2, 2]);
    }

    #[circuit_breaker("patterns", registry = registry, fallback = patterns_backup)]
    #[expect(clippy::too_many_arguments, reason = "one of each kind of pattern")]
    async fn patterns(
        registry: &Registry,
        (left, right): (u8, u8),
        mut count: u8,
        _: String,
        Point { x, ref y, .. }: Point,
        [first, .., last]: [u8; 3],
        &mut ref mut slot: &mut u8,
        whole @ (Some(_) | None): Option<u8>,
    ) -> Result<u8, ApiError> {
        count += 1;
        *slot += 1;
        let sum = left + right + count + x + *y + first + last + whole.unwrap_or(0);
        if sum == 0 {
            Err(ApiError::Down)
        } else {
            Ok(sum)
        }
    }

    #[derive(Clone)]
    struct Point {
        x: u8,
        y: u8,
        z: u8,
    }

    #[expect(clippy::too_many_arguments, reason = "those of `patterns`")]
    fn patterns_backup(
        _: &Registry,
        pair: (u8, u8),
        count: u8,
        text: String,
        point: Point,
        array: [u8; 3],
        slot: &mut u8,
        whole: Option<u8>,
        _: Failure<ApiError>,
    ) -> Result<u8, ApiError> {
        *slot += 10;
        let text = u8::try_from(text.len()).unwrap();
        Ok(pair.0 + count + text + point.z + array[1] + whole.unwrap_or(0))
    }

    #[tokio::test]
    async fn pattern_arguments_are_taken_apart_for_the_body_and_whole_for_the_fallback() {
        let registry = registry();
        let point = Point { x: 1, y: 2, z: 3 };
        let mut slot = 0;
        let answer = patterns(
            &registry,
            (1, 2),
            3,
            "text".to_owned(),
            point.clone(),
            [1, 9, 2],
            &mut slot,
            Some(4),
        )
        .await;
        assert_eq!((answer, slot), (Ok(1 + 2 + 4 + 1 + 2 + 1 + 2 + 4), 1));
        open(&registry, "patterns");
        let answer = patterns(
            &registry,
            (1, 2),
            3,
            "text".to_owned(),
            point,
            [1, 9, 2],
            &mut slot,
            Some(4),
        )
        .await;
        assert_eq!((answer, slot), (Ok(1 + 3 + 4 + 3 + 9 + 4), 11));
    }

    #[circuit_breaker("patterns without fallback", registry = registry)]
    fn plain_patterns(
        registry: &Registry,
        (a, _): (u8, u8),
        mut b: u8,
        _: u8,
    ) -> Result<u8, ApiError> {
        b += a;
        Ok(b)
    }

    #[test]
    fn pattern_arguments_work_without_a_fallback() {
        assert_eq!(plain_patterns(&registry(), (1, 2), 3, 4), Ok(4));
    }

    #[circuit_breaker("conditional arguments", registry = registry, fallback = conditional_backup)]
    async fn conditional(
        registry: &Registry,
        #[cfg(not(test))] gone: Missing,
        #[cfg(test)] here: String,
    ) -> Result<String, ApiError> {
        Ok(here)
    }

    async fn conditional_backup(
        _: &Registry,
        here: String,
        _: Failure<ApiError>,
    ) -> Result<String, ApiError> {
        Ok(here + " again")
    }

    #[tokio::test]
    async fn conditional_arguments_are_forwarded_only_where_they_exist() {
        let registry = registry();
        assert_eq!(
            conditional(&registry, "a".to_owned()).await,
            Ok("a".to_owned())
        );
        open(&registry, "conditional arguments");
        assert_eq!(
            conditional(&registry, "a".to_owned()).await,
            Ok("a again".to_owned())
        );
    }

    #[circuit_breaker("recursion", registry = registry, fallback = factorial_backup)]
    fn factorial(registry: &Registry, n: u64) -> Result<u64, ApiError> {
        if n == 0 {
            Ok(1)
        } else {
            Ok(n * factorial(registry, n - 1)?)
        }
    }

    fn factorial_backup(_: &Registry, n: u64, _: Failure<ApiError>) -> Result<u64, ApiError> {
        Ok(n + 1000)
    }

    #[circuit_breaker("async recursion", registry = registry)]
    async fn async_factorial(registry: &Registry, n: u64) -> Result<u64, ApiError> {
        if n == 0 {
            Ok(1)
        } else {
            Ok(n * Box::pin(async_factorial(registry, n - 1)).await?)
        }
    }

    #[tokio::test]
    async fn recursion_counts_every_level() {
        let registry = registry();
        assert_eq!(factorial(&registry, 3), Ok(6));
        assert_eq!(async_factorial(&registry, 3).await, Ok(6));
        assert_eq!(
            registry
                .circuit_breaker("recursion")
                .metrics()
                .successful_calls,
            4
        );
        assert_eq!(
            registry
                .circuit_breaker("async recursion")
                .metrics()
                .successful_calls,
            4
        );
    }

    #[circuit_breaker("inner attributes")]
    fn inner_attributes() -> Result<u8, ApiError> {
        #![allow(unused_variables)]
        let unused = 1;
        Ok(2)
    }

    #[test]
    fn inner_attributes_stay_in_force() {
        assert_eq!(inner_attributes(), Ok(2));
    }

    #[circuit_breaker("control flow")]
    async fn control_flow(limit: u8) -> Result<u8, ApiError> {
        let mut sum = 0;
        'outer: loop {
            for step in 0.. {
                if step == 2 {
                    continue;
                }
                if step > limit {
                    break 'outer;
                }
                sum += step;
            }
        }
        let checked = |value: u8| {
            if value > 100 {
                return Err(ApiError::Down);
            }
            Ok(value)
        };
        let inner = async { Ok::<u8, ApiError>(checked(sum)? + 1) };
        inner.await
    }

    #[tokio::test]
    async fn loops_closures_and_inner_async_blocks_keep_their_meaning() {
        assert_eq!(control_flow(3).await, Ok(1 + 3 + 1));
    }
}

mod generic_functions {
    use super::*;

    #[circuit_breaker("generic", registry = registry, fallback = generic_backup)]
    async fn generic<T, const N: usize>(
        registry: &Registry,
        values: [T; N],
    ) -> Result<usize, ApiError>
    where
        T: Clone + Send + Display,
    {
        let text: String = values.iter().map(ToString::to_string).collect();
        if text.is_empty() {
            Err(ApiError::Down)
        } else {
            Ok(text.len())
        }
    }

    async fn generic_backup<T: Clone + Send, const N: usize>(
        _: &Registry,
        values: [T; N],
        _: Failure<ApiError>,
    ) -> Result<usize, ApiError> {
        Ok(values.len() + 100)
    }

    #[tokio::test]
    async fn generic_and_const_parameters_reach_the_fallback() {
        let registry = registry();
        assert_eq!(sendable(generic(&registry, [12, 3])).await, Ok(3));
        assert_eq!(generic(&registry, [""]).await, Ok(101));
    }

    #[circuit_breaker("impl trait", registry = registry, fallback = impl_trait_backup)]
    async fn impl_trait(
        registry: &Registry,
        text: impl Display + Clone,
        f: &impl Fn(u8) -> u8,
    ) -> Result<String, ApiError> {
        if f(1) == 1 {
            Err(ApiError::Down)
        } else {
            Ok(text.to_string())
        }
    }

    fn impl_trait_backup(
        _: &Registry,
        text: impl Display,
        _: &impl Fn(u8) -> u8,
        _: ApiError,
    ) -> Result<String, ApiError> {
        Ok(format!("{text}?"))
    }

    #[tokio::test]
    async fn impl_trait_arguments_reach_the_fallback() {
        let registry = registry();
        assert_eq!(
            impl_trait(&registry, 1, &|x| x + 1).await,
            Ok("1".to_owned())
        );
        assert_eq!(impl_trait(&registry, 1, &|x| x).await, Ok("1?".to_owned()));
    }

    #[circuit_breaker("generic error", registry = registry)]
    async fn generic_error<E: From<PolicyError>>(
        registry: &Registry,
        error: Option<E>,
    ) -> Result<u8, E> {
        error.map_or(Ok(1), Err)
    }

    #[tokio::test]
    async fn generic_error_only_needs_the_conversion() {
        assert_eq!(generic_error::<ApiError>(&registry(), None).await, Ok(1));
    }

    #[circuit_breaker("opaque value", registry = registry)]
    fn evens(registry: &Registry, limit: u8) -> Result<impl Iterator<Item = u8> + use<>, ApiError> {
        Ok((0..limit).filter(|n| n % 2 == 0))
    }

    #[circuit_breaker("opaque value", registry = registry)]
    async fn async_evens(
        registry: &Registry,
        limit: u8,
    ) -> Result<impl Iterator<Item = u8>, ApiError> {
        Ok((0..limit).filter(|n| n % 2 == 0))
    }

    #[tokio::test]
    async fn opaque_values_are_returned() {
        assert_eq!(
            evens(&registry(), 5).unwrap().collect::<Vec<_>>(),
            [0, 2, 4]
        );
        assert_eq!(async_evens(&registry(), 5).await.unwrap().count(), 3);
    }

    #[circuit_breaker("closure", registry = registry)]
    fn closure<F>(registry: &Registry, f: F) -> Result<u8, ApiError>
    where
        F: FnOnce() -> Result<u8, ApiError>,
    {
        f()
    }

    #[test]
    fn closure_arguments_are_called() {
        assert_eq!(closure(&registry(), || Ok(3)), Ok(3));
    }

    type ApiResult<T> = Result<T, ApiError>;

    #[circuit_breaker("alias", registry = registry)]
    async fn alias(registry: &Registry) -> ApiResult<u8> {
        Ok(1)
    }

    #[circuit_breaker("io", registry = registry, fallback = io_backup)]
    fn io(registry: &Registry) -> std::io::Result<u8> {
        Err(std::io::Error::other("disk"))
    }

    fn io_backup(_: &Registry, failure: Failure<std::io::Error>) -> std::io::Result<u8> {
        assert_eq!(failure.to_string(), "disk");
        Ok(2)
    }

    #[circuit_breaker("boxed error", registry = registry)]
    async fn boxed_error(
        registry: &Registry,
        ok: bool,
    ) -> Result<u8, Box<dyn std::error::Error + Send + Sync>> {
        if ok { Ok(3) } else { Err("no".into()) }
    }

    #[tokio::test]
    async fn aliases_and_foreign_errors_are_results_too() {
        let registry = registry();
        assert_eq!(alias(&registry).await, Ok(1));
        assert_eq!(io(&registry).unwrap(), 2);
        assert_eq!(boxed_error(&registry, true).await.unwrap(), 3);
        open(&registry, "boxed error");
        assert!(
            boxed_error(&registry, false)
                .await
                .unwrap_err()
                .is::<PolicyError>()
        );
    }

    #[circuit_breaker("failure as error", registry = registry)]
    async fn failure_as_error(registry: &Registry, ok: bool) -> Result<u8, Failure<String>> {
        if ok {
            Ok(1)
        } else {
            Err(Failure::Call("no".to_owned()))
        }
    }

    #[tokio::test]
    async fn failure_itself_can_be_the_error() {
        let registry = registry();
        assert_eq!(failure_as_error(&registry, true).await, Ok(1));
        open(&registry, "failure as error");
        assert!(matches!(
            failure_as_error(&registry, true).await,
            Err(Failure::Policy(_))
        ));
    }
}

mod other_outcomes {
    use resilience4rs::Outcome;

    use super::*;

    /// A reply that is no `Result`.
    #[derive(Debug, PartialEq, Eq)]
    enum Reply {
        Answer(u8),
        Refused(ApiError),
    }

    impl Outcome for Reply {
        type Value = u8;
        type Error = ApiError;

        fn from_result(result: Result<u8, ApiError>) -> Self {
            result.map_or_else(Self::Refused, Self::Answer)
        }

        fn into_result(self) -> Result<u8, ApiError> {
            match self {
                Self::Answer(answer) => Ok(answer),
                Self::Refused(error) => Err(error),
            }
        }

        fn as_result(&self) -> Result<&u8, &ApiError> {
            match self {
                Self::Answer(answer) => Ok(answer),
                Self::Refused(error) => Err(error),
            }
        }
    }

    #[circuit_breaker("own outcome", registry = registry, record_result(200..))]
    async fn asked(registry: &Registry, answer: u8) -> Reply {
        Reply::Answer(answer)
    }

    #[circuit_breaker("own outcome", registry = registry, fallback = asked_backup)]
    async fn asked_with_fallback(registry: &Registry, answer: u8) -> Reply {
        Reply::Refused(ApiError::Down)
    }

    fn asked_backup(_: &Registry, answer: u8, _: Failure<ApiError>) -> Reply {
        Reply::Answer(answer)
    }

    #[circuit_breaker("own outcome", registry = registry, fallback = asked_backup)]
    fn asked_plainly(registry: &Registry, answer: u8) -> Reply {
        Reply::Refused(ApiError::Down)
    }

    #[circuit_breaker("own outcome", registry = registry)]
    async fn generic<R>(registry: &Registry, reply: R) -> R
    where
        R: Outcome,
        R::Error: From<PolicyError>,
    {
        reply
    }

    #[tokio::test]
    async fn types_that_implement_outcome_are_guarded_like_results() {
        let registry = registry();
        assert_eq!(asked(&registry, 1).await, Reply::Answer(1));
        assert_eq!(asked(&registry, 200).await, Reply::Answer(200));
        assert_eq!(asked_with_fallback(&registry, 3).await, Reply::Answer(3));
        assert_eq!(asked_plainly(&registry, 4), Reply::Answer(4));
        assert_eq!(generic(&registry, Reply::Answer(5)).await, Reply::Answer(5));
        let metrics = registry.circuit_breaker("own outcome").metrics();
        assert_eq!((metrics.successful_calls, metrics.failed_calls), (2, 3));
        open(&registry, "own outcome");
        assert!(is_rejected(asked(&registry, 1).await.into_result()));
        assert_eq!(asked_with_fallback(&registry, 3).await, Reply::Answer(3));
    }
}

mod methods {
    use super::*;

    #[derive(Clone)]
    struct Service {
        registry: Arc<Registry>,
        calls: u32,
        answer: Result<u8, ApiError>,
    }

    impl Service {
        fn new(answer: Result<u8, ApiError>) -> Self {
            Self {
                registry: Arc::new(registry()),
                calls: 0,
                answer,
            }
        }

        #[circuit_breaker("shared", registry = self.registry, fallback = backup)]
        async fn shared(&self, id: u8) -> Result<u8, ApiError> {
            Ok(self.answer.clone()? + id)
        }

        async fn backup(&self, id: u8, failure: Failure<ApiError>) -> Result<u8, ApiError> {
            match failure {
                Failure::Policy(_) => Ok(id + 100),
                Failure::Call(_) => Ok(id + 200),
            }
        }

        #[circuit_breaker("shared plain", registry = &self.registry, fallback = Self::plain_backup)]
        fn shared_plain(&self, id: u8) -> Result<u8, ApiError> {
            Ok(self.answer.clone()? + id)
        }

        fn plain_backup(&self, id: u8, error: ApiError) -> Result<u8, ApiError> {
            if error == ApiError::Down {
                Ok(id + 200)
            } else {
                Ok(id + 100)
            }
        }

        #[circuit_breaker("exclusive", registry = self.registry, fallback = exclusive_backup)]
        async fn exclusive(&mut self, id: u8, text: String) -> Result<usize, ApiError> {
            self.calls += 1;
            let id = self.answer.clone()? + id;
            Ok(usize::from(id) + text.len())
        }

        async fn exclusive_backup(
            &mut self,
            id: u8,
            text: String,
            _: Failure<ApiError>,
        ) -> Result<usize, ApiError> {
            self.calls += 10;
            Ok(usize::from(id) + text.len() + 100)
        }

        #[circuit_breaker("exclusive plain", registry = self.registry, fallback = exclusive_plain_backup)]
        fn exclusive_plain(&mut self, text: String) -> Result<String, ApiError> {
            self.calls += 1;
            self.answer.clone()?;
            Ok(text)
        }

        fn exclusive_plain_backup(
            &mut self,
            text: String,
            _: Failure<ApiError>,
        ) -> Result<String, ApiError> {
            self.calls += 10;
            Ok(text + "?")
        }

        #[circuit_breaker("exclusive without fallback", registry = self.registry)]
        async fn exclusive_without_fallback(&mut self) -> Result<&mut u32, ApiError> {
            self.calls += 1;
            Ok(&mut self.calls)
        }

        #[circuit_breaker("owned", registry = self.registry, fallback = owned_backup)]
        async fn owned(self) -> Result<Self, ApiError> {
            self.answer.clone()?;
            Ok(self)
        }

        fn owned_backup(mut self, _: Failure<ApiError>) -> Result<Self, ApiError> {
            self.calls = 99;
            Ok(self)
        }

        #[circuit_breaker("arc", registry = self.registry, fallback = arc_backup)]
        async fn arc(self: Arc<Self>) -> Result<u8, ApiError> {
            let this = self;
            this.answer.clone()
        }

        fn arc_backup(self: Arc<Self>, _: Failure<ApiError>) -> Result<u8, ApiError> {
            Ok(u8::try_from(self.calls).unwrap() + 7)
        }

        #[circuit_breaker("pinned", registry = self.registry, fallback = pinned_backup)]
        async fn pinned(mut self: Pin<&mut Self>) -> Result<u8, ApiError> {
            self.as_mut().calls += 1;
            self.answer.clone()
        }

        fn pinned_backup(self: Pin<&mut Self>, _: Failure<ApiError>) -> Result<u8, ApiError> {
            Ok(u8::try_from(self.calls).unwrap() + 7)
        }

        #[circuit_breaker("pinned", registry = self.registry)]
        async fn pinned_without_fallback(self: Pin<&mut Self>) -> Result<u8, ApiError> {
            let this = self.get_mut();
            this.calls += 1;
            this.answer.clone()
        }

        #[circuit_breaker("boxed", registry = self.registry)]
        async fn boxed(self: Box<Self>) -> Result<u8, ApiError> {
            self.answer
        }

        #[expect(clippy::needless_arbitrary_self_type, reason = "the shape under test")]
        #[circuit_breaker("typed", registry = self.registry, fallback = typed_backup)]
        async fn typed(self: &Self) -> Result<u8, ApiError> {
            self.answer.clone()
        }

        fn typed_backup(&self, _: Failure<ApiError>) -> Result<u8, ApiError> {
            Ok(1)
        }

        #[circuit_breaker("associated", registry = registry, fallback = Self::associated_backup)]
        async fn associated(registry: &Registry) -> Result<Self, ApiError> {
            Err(ApiError::Down)
        }

        async fn associated_backup(_: &Registry, _: Failure<ApiError>) -> Result<Self, ApiError> {
            Ok(Self::new(Ok(1)))
        }

        #[circuit_breaker("elided", registry = self.registry, fallback = elided_backup)]
        fn elided(&self, prefix: Cow<'_, str>) -> Result<&Registry, ApiError> {
            if prefix.is_empty() {
                return Err(ApiError::Down);
            }
            Ok(&self.registry)
        }

        #[circuit_breaker("elided", registry = self.registry, fallback = elided_backup)]
        async fn elided_async(&self, prefix: Cow<'_, str>) -> Result<&Registry, ApiError> {
            tokio::task::yield_now().await;
            self.elided(prefix)
        }

        fn elided_backup(
            &self,
            _prefix: Cow<'_, str>,
            _: Failure<ApiError>,
        ) -> Result<&Registry, ApiError> {
            Ok(&self.registry)
        }

        #[circuit_breaker("opaque value", registry = self.registry, fallback = opaque_backup)]
        async fn opaque(&self) -> Result<impl Display + use<>, ApiError> {
            Err::<String, _>(ApiError::Down)
        }

        #[circuit_breaker("opaque value", registry = self.registry, fallback = opaque_backup)]
        fn opaque_plain(&self) -> Result<impl Display + use<>, ApiError> {
            Err::<String, _>(ApiError::Down)
        }

        fn opaque_backup(&self, _: Failure<ApiError>) -> Result<String, ApiError> {
            Ok("backup".to_owned())
        }

        #[circuit_breaker("free fallback", registry = self.registry, fallback = self::free_backup)]
        async fn with_free_fallback(&self, id: u8) -> Result<u8, ApiError> {
            Ok(self.answer.clone()? + id)
        }
    }

    async fn free_backup(id: u8, _: Failure<ApiError>) -> Result<u8, ApiError> {
        Ok(id + 50)
    }

    #[tokio::test]
    async fn shared_receiver_goes_to_body_and_fallback() {
        let healthy = Service::new(Ok(1));
        assert_eq!(sendable(healthy.shared(1)).await, Ok(2));
        assert_eq!(healthy.shared_plain(1), Ok(2));
        open(&healthy.registry, "shared");
        open(&healthy.registry, "shared plain");
        assert_eq!(healthy.shared(1).await, Ok(101));
        assert_eq!(healthy.shared_plain(1), Ok(101));

        let down = Service::new(Err(ApiError::Down));
        assert_eq!(down.shared(1).await, Ok(201));
        assert_eq!(down.shared_plain(1), Ok(201));
    }

    #[tokio::test]
    async fn exclusive_receiver_goes_to_the_fallback_after_the_body() {
        let mut down = Service::new(Err(ApiError::Down));
        assert_eq!(sendable(down.exclusive(1, "ab".to_owned())).await, Ok(103));
        assert_eq!(down.calls, 11);
        assert_eq!(down.exclusive_plain("ab".to_owned()), Ok("ab?".to_owned()));
        assert_eq!(down.calls, 22);
        assert_eq!(
            down.exclusive_without_fallback().await.map(|calls| *calls),
            Ok(23)
        );

        let mut healthy = Service::new(Ok(1));
        assert_eq!(healthy.exclusive(1, "ab".to_owned()).await, Ok(4));
        open(&healthy.registry, "exclusive");
        assert_eq!(healthy.exclusive(1, "ab".to_owned()).await, Ok(103));
        assert_eq!(healthy.calls, 11);
    }

    #[tokio::test]
    async fn receivers_by_value_are_cloned_for_the_fallback() {
        assert_eq!(Service::new(Ok(1)).owned().await.unwrap().calls, 0);
        assert_eq!(
            Service::new(Err(ApiError::Down))
                .owned()
                .await
                .unwrap()
                .calls,
            99
        );
        assert_eq!(Arc::new(Service::new(Ok(1))).arc().await, Ok(1));
        assert_eq!(
            Arc::new(Service::new(Err(ApiError::Down))).arc().await,
            Ok(7)
        );
    }

    #[tokio::test]
    async fn pinned_boxed_and_spelled_out_receivers_are_taken() {
        let mut down = Service::new(Err(ApiError::Down));
        assert_eq!(Pin::new(&mut down).pinned().await, Ok(8));
        assert_eq!(
            Pin::new(&mut down).pinned_without_fallback().await,
            Err(ApiError::Down)
        );
        assert_eq!(Box::new(Service::new(Ok(5))).boxed().await, Ok(5));
        assert_eq!(down.typed().await, Ok(1));
    }

    #[tokio::test]
    async fn associated_functions_and_free_fallbacks_get_no_receiver() {
        assert!(Service::associated(&registry()).await.is_ok());
        let down = Service::new(Err(ApiError::Down));
        assert_eq!(down.with_free_fallback(1).await, Ok(51));
    }

    #[tokio::test]
    async fn elided_and_opaque_results_come_from_body_and_fallback() {
        let service = Service::new(Ok(1));
        for prefix in ["", "a"] {
            let registry = service.elided(prefix.into()).unwrap();
            assert!(std::ptr::eq(registry, Arc::as_ptr(&service.registry)));
            let registry = sendable(service.elided_async(prefix.into())).await.unwrap();
            assert!(std::ptr::eq(registry, Arc::as_ptr(&service.registry)));
        }
        assert_eq!(service.opaque().await.unwrap().to_string(), "backup");
        assert_eq!(service.opaque_plain().unwrap().to_string(), "backup");
    }

    struct Cache<T> {
        registry: Registry,
        value: T,
    }

    impl<T: Clone + Sync> Cache<T> {
        #[circuit_breaker("generic impl", registry = self.registry, fallback = stale)]
        async fn get<K>(&self, key: K) -> Result<(String, T), ApiError>
        where
            K: Clone + Display,
        {
            Ok((key.to_string(), self.value.clone()))
        }

        async fn stale<K: Display>(
            &self,
            key: K,
            _: Failure<ApiError>,
        ) -> Result<(String, T), ApiError> {
            Ok((format!("stale {key}"), self.value.clone()))
        }
    }

    #[tokio::test]
    async fn methods_of_generic_types_reach_their_fallback() {
        let cache = Cache {
            registry: registry(),
            value: 1,
        };
        assert_eq!(cache.get("a").await, Ok(("a".to_owned(), 1)));
        open(&cache.registry, "generic impl");
        assert_eq!(cache.get("a").await, Ok(("stale a".to_owned(), 1)));
    }
}

mod traits {
    use super::*;

    trait Quotes {
        fn registry(&self) -> &Registry;

        async fn quote(&self, id: u8) -> Result<u8, ApiError>;

        #[circuit_breaker("default method", registry = self.registry(), fallback = doubled_backup)]
        async fn doubled(&self, id: u8) -> Result<u8, ApiError> {
            Ok(self.quote(id).await? * 2)
        }

        async fn doubled_backup(&self, id: u8, _: Failure<ApiError>) -> Result<u8, ApiError> {
            Ok(id)
        }
    }

    struct Exchange(Registry);

    impl Quotes for Exchange {
        fn registry(&self) -> &Registry {
            &self.0
        }

        #[circuit_breaker("trait impl", registry = self.0, fallback = Self::cached)]
        async fn quote(&self, id: u8) -> Result<u8, ApiError> {
            Ok(id + 1)
        }
    }

    impl Exchange {
        async fn cached(&self, id: u8, _: Failure<ApiError>) -> Result<u8, ApiError> {
            Ok(id)
        }
    }

    #[tokio::test]
    async fn native_async_trait_methods_and_defaults_are_guarded() {
        let exchange = Exchange(registry());
        assert_eq!(exchange.doubled(1).await, Ok(4));
        open(exchange.registry(), "trait impl");
        assert_eq!(exchange.doubled(1).await, Ok(2));
        open(exchange.registry(), "default method");
        assert_eq!(exchange.doubled(1).await, Ok(1));
    }

    trait Backup {
        fn backup(&self, id: u8, failure: Failure<ApiError>) -> Result<u8, ApiError>;
    }

    impl Backup for Exchange {
        fn backup(&self, id: u8, _: Failure<ApiError>) -> Result<u8, ApiError> {
            Ok(id + 20)
        }
    }

    impl Exchange {
        #[circuit_breaker("qualified", registry = self.0, fallback = <Self as Backup>::backup)]
        async fn qualified(&self, id: u8) -> Result<u8, ApiError> {
            Err(ApiError::Down)
        }
    }

    #[tokio::test]
    async fn fallback_of_a_trait_gets_the_receiver() {
        assert_eq!(Exchange(registry()).qualified(1).await, Ok(21));
    }
}

mod futures {
    use super::*;

    #[circuit_breaker("shape of a plain part", registry = registry)]
    fn with_a_plain_part(
        registry: &Registry,
        prepared: &std::cell::Cell<u32>,
    ) -> impl Future<Output = Result<u8, PolicyError>> {
        prepared.set(prepared.get() + 1);
        async { Ok(7) }
    }

    #[tokio::test]
    async fn what_comes_before_the_future_is_not_guarded() {
        let registry = registry();
        let prepared = std::cell::Cell::new(0);
        open(&registry, "shape of a plain part");
        assert!(with_a_plain_part(&registry, &prepared).await.is_err());
        assert_eq!(prepared.get(), 1);
    }

    struct Service {
        registry: Registry,
        answer: Result<u8, ApiError>,
    }

    impl Service {
        #[circuit_breaker("opaque future", registry = self.registry, fallback = backup)]
        fn opaque(&self, id: u8) -> impl Future<Output = Result<u8, ApiError>> + Send {
            let answer = self.answer.clone();
            async move { Ok(answer? + id) }
        }

        #[circuit_breaker("boxed future", registry = self.registry, fallback = backup)]
        fn boxed(&self, id: u8) -> Pin<Box<dyn Future<Output = Result<u8, ApiError>> + Send + '_>> {
            Box::pin(async move { Ok(self.answer.clone()? + id) })
        }

        #[circuit_breaker("static future", registry = self.registry)]
        fn detached(
            &self,
            id: u8,
        ) -> impl Future<Output = Result<u8, ApiError>> + Send + 'static + use<> {
            let answer = self.answer.clone();
            async move { Ok(answer? + id) }
        }

        async fn backup(&self, id: u8, _: Failure<ApiError>) -> Result<u8, ApiError> {
            Ok(id + 100)
        }
    }

    #[tokio::test]
    async fn functions_that_return_futures_are_guarded() {
        let healthy = Service {
            registry: registry(),
            answer: Ok(1),
        };
        assert_eq!(sendable(healthy.opaque(1)).await, Ok(2));
        assert_eq!(sendable(healthy.boxed(1)).await, Ok(2));
        assert_eq!(sendable(healthy.detached(1)).await, Ok(2));
        for name in ["opaque future", "boxed future", "static future"] {
            assert_eq!(
                healthy
                    .registry
                    .circuit_breaker(name)
                    .metrics()
                    .successful_calls,
                1,
                "{name}"
            );
            open(&healthy.registry, name);
        }
        assert_eq!(healthy.opaque(1).await, Ok(101));
        assert_eq!(healthy.boxed(1).await, Ok(101));
        assert!(is_rejected(healthy.detached(1).await));
    }
}

mod async_trait_methods {
    use async_trait::async_trait;

    use super::*;

    #[async_trait]
    trait Quotes: Send + Sync {
        fn registry(&self) -> &Registry;

        async fn quote(&self, id: u8, text: &str) -> Result<u8, ApiError>;

        #[circuit_breaker("async_trait default", registry = self.registry())]
        async fn doubled(&self, id: u8) -> Result<u8, ApiError> {
            Ok(self.quote(id, "").await? * 2)
        }
    }

    struct Exchange {
        registry: Registry,
        calls: u8,
    }

    #[async_trait]
    impl Quotes for Exchange {
        fn registry(&self) -> &Registry {
            &self.registry
        }

        #[circuit_breaker("async_trait", registry = self.registry, fallback = Self::cached)]
        async fn quote(&self, id: u8, text: &str) -> Result<u8, ApiError> {
            if id == 0 {
                return Err(ApiError::Down);
            }
            tokio::task::yield_now().await;
            Ok(id + u8::try_from(text.len()).map_err(|_| ApiError::Down)?)
        }
    }

    impl Exchange {
        async fn cached(&self, id: u8, text: &str, _: Failure<ApiError>) -> Result<u8, ApiError> {
            Ok(id + 100 + u8::try_from(text.len()).unwrap())
        }
    }

    #[tokio::test]
    async fn async_trait_methods_are_guarded() {
        let exchange: Box<dyn Quotes> = Box::new(Exchange {
            registry: registry(),
            calls: 0,
        });
        assert_eq!(sendable(exchange.quote(1, "ab")).await, Ok(3));
        assert_eq!(exchange.quote(0, "ab").await, Ok(102));
        assert_eq!(exchange.doubled(1).await, Ok(2));
        open(exchange.registry(), "async_trait");
        assert_eq!(exchange.quote(1, "ab").await, Ok(103));
        open(exchange.registry(), "async_trait default");
        assert!(is_rejected(exchange.doubled(1).await));
    }

    #[async_trait]
    trait Counting {
        async fn count(&mut self) -> Result<u8, ApiError>;
    }

    #[async_trait]
    impl Counting for Exchange {
        #[circuit_breaker("async_trait exclusive", registry = self.registry, fallback = self::no_count)]
        async fn count(&mut self) -> Result<u8, ApiError> {
            self.calls += 1;
            if self.calls == 2 {
                Err(ApiError::Down)
            } else {
                Ok(self.calls)
            }
        }
    }

    fn no_count(_: Failure<ApiError>) -> Result<u8, ApiError> {
        Ok(0)
    }

    #[tokio::test]
    async fn exclusive_async_trait_methods_take_a_free_fallback() {
        let mut exchange = Exchange {
            registry: registry(),
            calls: 0,
        };
        assert_eq!(exchange.count().await, Ok(1));
        assert_eq!(exchange.count().await, Ok(0));
        assert_eq!(exchange.count().await, Ok(3));
    }
}

mod threads {
    use super::*;

    #[circuit_breaker("not send", registry = registry)]
    async fn not_send(registry: &Registry, value: std::rc::Rc<u8>) -> Result<u8, ApiError> {
        tokio::task::yield_now().await;
        Ok(*value)
    }

    #[tokio::test]
    async fn body_that_is_not_send_stays_usable() {
        assert_eq!(not_send(&registry(), std::rc::Rc::new(1)).await, Ok(1));
    }

    #[circuit_breaker("send not sync", registry = registry, fallback = cell_backup)]
    async fn cell(registry: Arc<Registry>, value: std::cell::Cell<u8>) -> Result<u8, ApiError> {
        tokio::task::yield_now().await;
        Ok(value.get())
    }

    fn cell_backup(
        _: Arc<Registry>,
        value: std::cell::Cell<u8>,
        _: Failure<ApiError>,
    ) -> Result<u8, ApiError> {
        Ok(value.get())
    }

    #[tokio::test]
    async fn future_can_be_spawned_when_the_body_could() {
        let task = tokio::spawn(cell(Arc::new(registry()), std::cell::Cell::new(1)));
        assert_eq!(task.await.unwrap(), Ok(1));
    }
}
