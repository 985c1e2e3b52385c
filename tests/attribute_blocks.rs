//! One attribute on a whole `impl` block.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self,
    reason = "a fallback has the signature of its function, whether or not it needs all of it"
)]
#![allow(clippy::unwrap_used, reason = "a test")]

use std::future::Future;
use std::pin::Pin;

use resilience4rs::{Clock, Failure, PolicyError, Registry, circuit_breaker};

#[derive(Debug, Clone, PartialEq, Eq)]
enum ApiError {
    Down,
    /// The name of the breaker that rejected the call.
    Rejected(String),
}

impl From<PolicyError> for ApiError {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::CircuitOpen(open) => Self::Rejected(open.name.to_string()),
            other => panic!("{other}"),
        }
    }
}

type Answer = Result<u8, ApiError>;

fn rejected(name: &str) -> Answer {
    Err(ApiError::Rejected(name.to_owned()))
}

fn registry() -> Registry {
    Registry::builder().clock(Clock::manual()).build()
}

fn open(registry: &Registry, name: &str) {
    registry.circuit_breaker(name).transition_to_open().unwrap();
}

/// Successful and failed calls.
fn counts(registry: &Registry, name: &str) -> (u64, u64) {
    let metrics = registry.circuit_breaker(name).metrics();
    (metrics.successful_calls, metrics.failed_calls)
}

mod inherent {
    use super::*;

    struct Client {
        registry: Registry,
        calls: u8,
    }

    fn client() -> Client {
        Client {
            registry: registry(),
            calls: 0,
        }
    }

    macro_rules! answer_of_a_macro {
        ($name:ident) => {
            fn $name(&self) -> Answer {
                Ok(self.calls)
            }
        };
    }

    #[circuit_breaker("client", registry = self.registry)]
    impl Client {
        const LIMIT: u8 = { 3 };

        async fn asynchronous(&self, ok: bool) -> Answer {
            let limit = std::future::ready(Self::LIMIT).await;
            if ok { Ok(limit) } else { Err(ApiError::Down) }
        }

        fn plain(&self) -> Result<u8, ApiError> {
            Ok(1)
        }

        pub(super) fn exclusive(&mut self, by: &mut u8) -> super::Answer {
            self.calls += *by;
            *by = 0;
            Ok(self.calls)
        }

        fn opaque(&self) -> impl Future<Output = Answer> + Send + '_ {
            async { Ok(self.calls) }
        }

        fn boxed(&self) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
            Box::pin(async { Ok(self.calls) })
        }

        fn generic<T, const N: usize>(&self, values: [T; N]) -> Answer
        where
            T: Copy + Into<u8>,
        {
            Ok(values.iter().map(|value| (*value).into()).sum())
        }

        fn nothing(&mut self) {
            self.calls += 1;
        }

        fn number(&self) -> u8 {
            self.calls
        }

        fn maybe(&self) -> Option<u8> {
            Some(self.calls)
        }

        fn doubled(self) -> Self {
            Self {
                calls: self.calls * 2,
                ..self
            }
        }

        const fn constant(&self) -> Result<u8, ApiError> {
            Ok(Self::LIMIT)
        }

        #[expect(improper_ctypes_definitions, reason = "nobody calls it from C")]
        extern "C" fn foreign(&self) -> Result<u8, u8> {
            Ok(Self::LIMIT)
        }

        #[cfg(any())]
        fn gone(&self) -> Answer {
            missing()
        }

        #[circuit_breaker(skip)]
        fn skipped(&self) -> Answer {
            Ok(7)
        }

        #[circuit_breaker("own", registry = self.registry)]
        fn own(&self) -> Answer {
            Ok(8)
        }

        #[resilience4rs::circuit_breaker("own", registry = self.registry, fallback = own_backup)]
        fn own_with_fallback(&self) -> Answer {
            Err(ApiError::Down)
        }

        fn own_backup(&self, _: Failure<ApiError>) -> Answer {
            Ok(9)
        }

        answer_of_a_macro!(of_a_macro);
    }

    async fn guarded(client: &mut Client) -> [Answer; 6] {
        [
            client.asynchronous(true).await,
            client.plain(),
            client.exclusive(&mut 0),
            client.opaque().await,
            client.boxed().await,
            client.generic([1_u8, 2]),
        ]
    }

    #[tokio::test]
    async fn every_method_that_can_fail_is_guarded() {
        let mut client = client();
        let answers = guarded(&mut client).await;
        assert_eq!(answers, [Ok(3), Ok(1), Ok(0), Ok(0), Ok(0), Ok(3)]);
        assert_eq!(counts(&client.registry, "client"), (6, 0));
        assert_eq!(client.asynchronous(false).await, Err(ApiError::Down));
        assert_eq!(counts(&client.registry, "client"), (6, 1));
        open(&client.registry, "client");
        let answers = guarded(&mut client).await;
        assert_eq!(answers, [(); 6].map(|()| rejected("client")));
    }

    #[test]
    fn everything_else_is_left_alone() {
        let mut client = client();
        open(&client.registry, "client");
        client.nothing();
        assert_eq!(client.number(), 1);
        assert_eq!(client.maybe(), Some(1));
        assert_eq!(client.constant(), Ok(3));
        assert_eq!(client.foreign(), Ok(3));
        assert_eq!(client.of_a_macro(), Ok(1));
        assert_eq!(client.doubled().calls, 2);
    }

    #[test]
    fn a_method_is_left_out_by_skip() {
        let client = client();
        open(&client.registry, "client");
        assert_eq!(client.skipped(), Ok(7));
    }

    #[test]
    fn a_method_s_own_attribute_wins() {
        let client = client();
        open(&client.registry, "client");
        assert_eq!(client.own(), Ok(8));
        assert_eq!(client.own_with_fallback(), Ok(9));
        assert_eq!(counts(&client.registry, "own"), (1, 1));
        assert_eq!(counts(&client.registry, "client"), (0, 0));
        open(&client.registry, "own");
        assert_eq!(client.own(), rejected("own"));
    }

    #[test]
    fn a_method_s_fallback_is_not_guarded_itself() {
        let client = client();
        open(&client.registry, "client");
        open(&client.registry, "own");
        assert_eq!(client.own_with_fallback(), Ok(9));
        assert_eq!(client.own_backup(Failure::Call(ApiError::Down)), Ok(9));
    }
}

mod fallbacks {
    use super::*;

    struct Client {
        registry: Registry,
    }

    #[circuit_breaker("client", registry = self.registry, fallback = backup)]
    impl Client {
        async fn slow(&self, id: u8, text: String) -> Answer {
            drop(text);
            Err(if id > 9 {
                ApiError::Down
            } else {
                ApiError::Rejected(String::new())
            })
        }

        async fn backup(&self, id: u8, text: String, failure: Failure<ApiError>) -> Answer {
            match failure {
                Failure::Policy(_) => Ok(id),
                Failure::Call(_) => Ok(u8::try_from(text.len()).unwrap()),
            }
        }

        async fn fast(&self, id: u8, text: String) -> Answer {
            self.slow(id, text).await
        }

        #[circuit_breaker("other", registry = self.registry, fallback = Self::plain_backup)]
        fn plain(&self, _: &str) -> Answer {
            Err(ApiError::Down)
        }

        fn plain_backup(&self, text: &str, _: ApiError) -> Answer {
            Ok(u8::try_from(text.len()).unwrap())
        }
    }

    #[tokio::test]
    async fn a_fallback_answers_for_every_method_and_is_not_guarded_itself() {
        let client = Client {
            registry: registry(),
        };
        assert_eq!(client.slow(4, "abc".to_owned()).await, Ok(3));
        assert_eq!(client.fast(4, "abcd".to_owned()).await, Ok(4));
        assert_eq!(client.plain("ab"), Ok(2));
        assert_eq!(counts(&client.registry, "client"), (1, 2));
        open(&client.registry, "client");
        assert_eq!(client.slow(4, "abc".to_owned()).await, Ok(4));
        assert_eq!(client.fast(5, "abc".to_owned()).await, Ok(5));
    }
}

mod traits {
    use super::*;

    trait Quotes {
        type Error;
        const SOURCE: &'static str;

        async fn quote(&self, id: u8) -> Result<u8, Self::Error>;
        fn name(&self) -> &'static str;
        fn checked(&self, id: u8) -> Answer {
            if id == 0 { Err(ApiError::Down) } else { Ok(id) }
        }
    }

    struct Exchange<'a, T> {
        registry: &'a Registry,
        offset: T,
    }

    #[circuit_breaker("exchange", registry = self.registry)]
    #[allow(clippy::unused_async, reason = "another attribute of the block")]
    impl<T: Copy + Into<u8>> Quotes for Exchange<'_, T>
    where
        T: Send,
    {
        type Error = ApiError;
        const SOURCE: &'static str = "exchange";

        async fn quote(&self, id: u8) -> Result<u8, Self::Error> {
            Ok(id + self.offset.into())
        }

        fn name(&self) -> &'static str {
            Self::SOURCE
        }
    }

    #[tokio::test]
    async fn methods_of_a_trait_impl_are_guarded() {
        let registry = registry();
        let exchange = Exchange {
            registry: &registry,
            offset: 1_u8,
        };
        assert_eq!(exchange.quote(1).await, Ok(2));
        open(&registry, "exchange");
        assert_eq!(exchange.quote(1).await, rejected("exchange"));
        assert_eq!(exchange.name(), "exchange");
        assert_eq!(exchange.checked(1), Ok(1));
        assert_eq!(exchange.checked(0), Err(ApiError::Down));
    }
}

mod boxed_by_async_trait {
    use super::*;

    #[async_trait::async_trait]
    trait Quotes: Send + Sync {
        async fn quote(&self, text: String) -> Answer;
        async fn listed(&self, into: &mut Vec<u8>) -> Answer;
        fn name(&self) -> &'static str;
    }

    struct Above(&'static Registry);
    struct Below(&'static Registry);

    #[circuit_breaker("quotes", registry = self.0, fallback = backup)]
    #[async_trait::async_trait]
    impl Quotes for Above {
        async fn quote(&self, text: String) -> Answer {
            let length = std::future::ready(text.len()).await;
            u8::try_from(length).map_err(|_| ApiError::Down)
        }

        #[circuit_breaker("listed", registry = self.0)]
        async fn listed(&self, into: &mut Vec<u8>) -> Answer {
            into.push(1);
            Ok(1)
        }

        fn name(&self) -> &'static str {
            "above"
        }
    }

    impl Above {
        async fn backup(&self, text: String, _: Failure<ApiError>) -> Answer {
            Ok(if text.is_empty() { 1 } else { 100 })
        }
    }

    #[async_trait::async_trait]
    #[circuit_breaker("quotes", registry = self.0, fallback = backup)]
    impl Quotes for Below {
        async fn quote(&self, text: String) -> Answer {
            let length = std::future::ready(text.len()).await;
            u8::try_from(length).map_err(|_| ApiError::Down)
        }

        #[circuit_breaker("listed", registry = self.0)]
        async fn listed(&self, into: &mut Vec<u8>) -> Answer {
            into.push(1);
            Ok(1)
        }

        fn name(&self) -> &'static str {
            "below"
        }
    }

    impl Below {
        async fn backup(&self, text: String, _: Failure<ApiError>) -> Answer {
            Ok(if text.is_empty() { 1 } else { 100 })
        }
    }

    async fn check(quotes: Box<dyn Quotes>, registry: &Registry, name: &str) {
        assert_eq!(quotes.quote("abc".to_owned()).await, Ok(3));
        assert_eq!(quotes.quote("a".repeat(300)).await, Ok(100));
        assert_eq!(counts(registry, "quotes"), (1, 1));
        open(registry, "quotes");
        assert_eq!(quotes.quote("abc".to_owned()).await, Ok(100));
        let mut list = Vec::new();
        assert_eq!(quotes.listed(&mut list).await, Ok(1));
        open(registry, "listed");
        assert_eq!(quotes.listed(&mut list).await, rejected("listed"));
        assert_eq!(list, [1]);
        assert_eq!(quotes.name(), name);
    }

    #[tokio::test]
    async fn the_attribute_may_stand_above_async_trait() {
        let registry: &'static Registry = Box::leak(Box::new(registry()));
        check(Box::new(Above(registry)), registry, "above").await;
    }

    #[tokio::test]
    async fn the_attribute_may_stand_below_async_trait() {
        let registry: &'static Registry = Box::leak(Box::new(registry()));
        check(Box::new(Below(registry)), registry, "below").await;
    }
}

mod stacks {
    use super::*;

    struct Client {
        registry: Registry,
    }

    #[circuit_breaker("outer", registry = self.registry)]
    #[circuit_breaker("inner", registry = self.registry)]
    impl Client {
        fn both(&self) -> Answer {
            Ok(1)
        }

        #[circuit_breaker("own outer", registry = self.registry)]
        #[circuit_breaker("own inner", registry = self.registry)]
        fn own(&self) -> Answer {
            Ok(2)
        }

        #[circuit_breaker(skip)]
        fn neither(&self) -> Answer {
            Ok(3)
        }
    }

    #[test]
    fn a_block_s_attributes_apply_as_written() {
        let client = Client {
            registry: registry(),
        };
        assert_eq!(client.both(), Ok(1));
        open(&client.registry, "inner");
        assert_eq!(client.both(), rejected("inner"));
        assert_eq!(counts(&client.registry, "outer"), (1, 1));
        open(&client.registry, "outer");
        assert_eq!(client.both(), rejected("outer"));
    }

    #[test]
    fn a_method_s_own_stack_takes_the_place_of_the_block_s() {
        let client = Client {
            registry: registry(),
        };
        open(&client.registry, "outer");
        open(&client.registry, "inner");
        assert_eq!(client.own(), Ok(2));
        assert_eq!(client.neither(), Ok(3));
        open(&client.registry, "own inner");
        assert_eq!(client.own(), rejected("own inner"));
        open(&client.registry, "own outer");
        assert_eq!(client.own(), rejected("own outer"));
    }
}

mod fallbacks_by_pattern {
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
}
