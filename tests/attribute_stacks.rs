//! Several attributes on one function: one call under all of them, in the order as written.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self,
    reason = "a fallback has the signature of its function, whether or not it needs all of it"
)]
#![allow(clippy::unwrap_used, reason = "a test")]

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use resilience4rs::{
    CircuitBreaker, Clock, EventKind, Failure, Permit, PolicyError, Registry, State,
    circuit_breaker,
};

#[derive(Debug, Clone, PartialEq, Eq)]
enum ApiError {
    Down,
    Declined,
    /// The name of the breaker that rejected the call.
    Rejected(String),
}

impl From<PolicyError> for ApiError {
    fn from(error: PolicyError) -> Self {
        Self::Rejected(rejecting(&error))
    }
}

fn rejecting(error: &PolicyError) -> String {
    match error {
        PolicyError::CircuitOpen(open) => open.name.to_string(),
        other => panic!("{other}"),
    }
}

/// An error that cannot hold a rejection.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Down;

fn registry() -> Registry {
    Registry::builder().clock(Clock::manual()).build()
}

fn open(registry: &Registry, name: &str) {
    registry.circuit_breaker(name).transition_to_open().unwrap();
}

/// Successful and failed calls.
fn counts(breaker: &CircuitBreaker) -> (u64, u64) {
    let metrics = breaker.metrics();
    (metrics.successful_calls, metrics.failed_calls)
}

fn counts_of(registry: &Registry, name: &str) -> (u64, u64) {
    counts(&registry.circuit_breaker(name))
}

fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn sendable<T: Send>(value: T) -> T {
    value
}

mod order {
    use super::*;

    #[circuit_breaker("outer", registry = registry)]
    #[circuit_breaker("inner", registry = registry)]
    async fn quote(registry: &Registry, ok: bool) -> Result<u8, ApiError> {
        if ok { Ok(1) } else { Err(ApiError::Down) }
    }

    #[circuit_breaker("outer", registry = registry)]
    #[circuit_breaker("inner", registry = registry)]
    fn plain(registry: &Registry, ok: bool) -> Result<u8, ApiError> {
        if ok { Ok(1) } else { Err(ApiError::Down) }
    }

    #[circuit_breaker("outer", registry = registry)]
    #[circuit_breaker("inner", registry = registry)]
    fn opaque(
        registry: &Registry,
        ok: bool,
    ) -> impl Future<Output = Result<u8, ApiError>> + Send + use<> {
        let answer = if ok { Ok(1) } else { Err(ApiError::Down) };
        async move { answer }
    }

    #[circuit_breaker("outer", registry = registry)]
    #[circuit_breaker("inner", registry = registry)]
    fn boxed(
        registry: &Registry,
        ok: bool,
    ) -> Pin<Box<dyn Future<Output = Result<u8, ApiError>> + Send>> {
        let answer = if ok { Ok(1) } else { Err(ApiError::Down) };
        Box::pin(async move { answer })
    }

    async fn call(shape: u8, registry: &Registry, ok: bool) -> Result<u8, ApiError> {
        match shape {
            0 => sendable(quote(registry, ok)).await,
            1 => plain(registry, ok),
            2 => sendable(opaque(registry, ok)).await,
            _ => boxed(registry, ok).await,
        }
    }

    #[tokio::test]
    async fn every_policy_counts_every_call() {
        for shape in 0..4 {
            let registry = registry();
            assert_eq!(call(shape, &registry, true).await, Ok(1));
            assert_eq!(call(shape, &registry, false).await, Err(ApiError::Down));
            assert_eq!(counts_of(&registry, "outer"), (1, 1), "shape {shape}");
            assert_eq!(counts_of(&registry, "inner"), (1, 1), "shape {shape}");
        }
    }

    #[tokio::test]
    async fn the_first_attribute_is_the_outermost() {
        for shape in 0..4 {
            let registry = registry();
            open(&registry, "outer");
            open(&registry, "inner");
            let rejected = call(shape, &registry, true).await;
            assert_eq!(rejected, Err(ApiError::Rejected("outer".to_owned())));
            let inner = registry.circuit_breaker("inner");
            assert_eq!(inner.metrics().not_permitted_calls, 0, "shape {shape}");
        }
    }

    #[tokio::test]
    async fn a_rejection_further_inside_is_a_failure_outside() {
        for shape in 0..4 {
            let registry = registry();
            open(&registry, "inner");
            let rejected = call(shape, &registry, true).await;
            assert_eq!(rejected, Err(ApiError::Rejected("inner".to_owned())));
            assert_eq!(counts_of(&registry, "outer"), (0, 1), "shape {shape}");
        }
    }

    #[test]
    fn the_inner_outcome_is_recorded_before_the_outer_one() {
        let registry = registry();
        let events = Arc::new(Mutex::new(Vec::new()));
        for name in ["outer", "inner"] {
            let events = Arc::clone(&events);
            registry.circuit_breaker(name).on_event(move |event| {
                if let EventKind::Success { .. } = event.kind {
                    events.lock().unwrap().push(event.name.to_string());
                }
            });
        }
        plain(&registry, true).unwrap();
        assert_eq!(*events.lock().unwrap(), ["inner", "outer"]);
    }
}

mod paths {
    use resilience4rs as alias;

    use super::*;

    #[circuit_breaker("one", registry = registry)]
    #[resilience4rs::circuit_breaker("two", registry = registry)]
    #[allow(dead_code, reason = "an attribute between the others")]
    #[alias::circuit_breaker("three", registry = registry)]
    fn three(registry: &Registry) -> Result<(), ApiError> {
        Ok(())
    }

    #[test]
    fn siblings_are_found_under_any_path_and_past_other_attributes() {
        let registry = registry();
        assert_eq!(three(&registry), Ok(()));
        for name in ["three", "two", "one"] {
            open(&registry, name);
            let rejected = three(&registry);
            assert_eq!(rejected, Err(ApiError::Rejected(name.to_owned())));
        }
    }

    #[circuit_breaker("always", registry = registry)]
    #[cfg_attr(all(), circuit_breaker("on a condition that holds", registry = registry))]
    #[cfg_attr(any(), circuit_breaker("on a condition that does not", registry = registry))]
    fn conditional(registry: &Registry) -> Result<(), ApiError> {
        Ok(())
    }

    #[test]
    fn siblings_under_a_condition_are_there_when_it_holds() {
        let registry = registry();
        assert_eq!(conditional(&registry), Ok(()));
        let mut names: Vec<_> = registry
            .circuit_breakers()
            .iter()
            .map(|breaker| breaker.name().to_owned())
            .collect();
        names.sort();
        assert_eq!(names, ["always", "on a condition that holds"]);
    }

    #[circuit_breaker(name = format!("tenant {tenant}"), registry = registry)]
    #[circuit_breaker(name = format!("host {host}"), registry = registry)]
    async fn computed(registry: &Registry, tenant: u8, host: String) -> Result<String, ApiError> {
        Ok(host)
    }

    #[tokio::test]
    async fn computed_names_see_the_arguments() {
        let registry = registry();
        assert_eq!(
            computed(&registry, 1, "a".to_owned()).await,
            Ok("a".to_owned())
        );
        assert_eq!(counts_of(&registry, "tenant 1"), (1, 0));
        assert_eq!(counts_of(&registry, "host a"), (1, 0));
    }

    #[circuit_breaker("global outer", crate = alias)]
    #[circuit_breaker("global inner")]
    fn global() -> Result<(), ApiError> {
        Ok(())
    }

    #[test]
    fn literal_names_are_kept_at_the_call_site() {
        assert_eq!(global(), Ok(()));
        assert_eq!(counts_of(Registry::global(), "global outer"), (1, 0));
        assert_eq!(counts_of(Registry::global(), "global inner"), (1, 0));
    }
}

mod classes {
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
}

mod fallbacks {
    use super::*;

    #[circuit_breaker("outer", registry = registry, fallback = outer_backup)]
    #[circuit_breaker("inner", registry = registry)]
    async fn outside(registry: &Registry, text: String) -> Result<String, Down> {
        if text.is_empty() { Err(Down) } else { Ok(text) }
    }

    async fn outer_backup(
        _: &Registry,
        text: String,
        failure: Failure<Down>,
    ) -> Result<String, Down> {
        Ok(match failure {
            Failure::Call(Down) => format!("{text} after an error"),
            Failure::Policy(error) => format!("{text} for {}", rejecting(&error)),
        })
    }

    #[tokio::test]
    async fn an_outer_fallback_catches_every_failure_inside_as_it_is() {
        let registry = registry();
        let call = |text: &str| outside(&registry, text.to_owned());
        assert_eq!(call("a").await, Ok("a".to_owned()));
        assert_eq!(call("").await, Ok(" after an error".to_owned()));
        open(&registry, "inner");
        assert_eq!(call("a").await, Ok("a for inner".to_owned()));
        open(&registry, "outer");
        assert_eq!(call("a").await, Ok("a for outer".to_owned()));
    }

    #[circuit_breaker("outer", registry = registry)]
    #[circuit_breaker("inner", registry = registry, fallback = inner_backup)]
    async fn inside(registry: &Registry, text: String) -> Result<String, ApiError> {
        if text.is_empty() {
            Err(ApiError::Down)
        } else {
            Ok(text)
        }
    }

    fn inner_backup(
        _: &Registry,
        text: String,
        failure: Failure<ApiError>,
    ) -> Result<String, ApiError> {
        match failure {
            Failure::Call(error) => Err(error),
            Failure::Policy(error) => Ok(format!("{text} for {}", rejecting(&error))),
        }
    }

    #[tokio::test]
    async fn an_inner_fallback_hides_failures_from_the_policies_outside_and_catches_none_of_theirs()
    {
        let registry = registry();
        let call = |text: &str| inside(&registry, text.to_owned());
        assert_eq!(call("a").await, Ok("a".to_owned()));
        assert_eq!(call("").await, Err(ApiError::Down));
        assert_eq!(counts_of(&registry, "outer"), (1, 1));
        open(&registry, "inner");
        assert_eq!(call("a").await, Ok("a for inner".to_owned()));
        assert_eq!(counts_of(&registry, "outer"), (2, 1));
        open(&registry, "outer");
        assert_eq!(call("a").await, Err(ApiError::Rejected("outer".to_owned())));
    }

    /// Three policies, each with a fallback, and every kind of argument.
    #[circuit_breaker("a", registry = registry, fallback = a)]
    #[circuit_breaker("b", registry = registry, fallback = b)]
    #[circuit_breaker("c", registry = registry, fallback = c)]
    async fn nested(
        registry: &Registry,
        text: String,
        (left, right): (u8, u8),
        mut trail: &mut Vec<char>,
        Counter { count }: &mut Counter,
        _: Vec<u8>,
        _: &mut u8,
    ) -> Result<String, Down> {
        assert_eq!(left, right);
        *count += 1;
        trail.push('-');
        let mut own = vec!['?'];
        trail = &mut own;
        trail.push('!');
        std::future::ready(()).await;
        drop(text);
        Err(Down)
    }

    struct Counter {
        count: u8,
    }

    macro_rules! passing_on {
        ($name:ident, $fails:expr, $asyncness:tt) => {
            passing_on!(@ $name, $fails, $asyncness);
        };
        (@ $name:ident, $fails:expr, [$($asyncness:ident)?]) => {
            #[expect(clippy::too_many_arguments, reason = "those of `nested`")]
            $($asyncness)? fn $name(
                _: &Registry,
                text: String,
                pair: (u8, u8),
                trail: &mut Vec<char>,
                counter: &mut Counter,
                unused: Vec<u8>,
                unused_exclusive: &mut u8,
                failure: Failure<Down>,
            ) -> Result<String, Down> {
                trail.extend(stringify!($name).chars());
                counter.count += pair.0;
                *unused_exclusive += 1;
                assert_eq!(unused, [9]);
                assert_eq!(failure, Failure::Call(Down));
                if $fails { Err(Down) } else { Ok(format!("{text} by {}", stringify!($name))) }
            }
        };
    }
    passing_on!(a, false, [async]);
    passing_on!(b, true, []);
    passing_on!(c, true, [async]);

    macro_rules! plain_passing_on {
        ($name:ident, $of:ident) => {
            #[expect(clippy::too_many_arguments, reason = "those of `nested`")]
            fn $name(
                registry: &Registry,
                text: String,
                pair: (u8, u8),
                trail: &mut Vec<char>,
                counter: &mut Counter,
                unused: Vec<u8>,
                unused_exclusive: &mut u8,
                failure: Failure<Down>,
            ) -> Result<String, Down> {
                let fallback = pin!(async move {
                    $of(
                        registry,
                        text,
                        pair,
                        trail,
                        counter,
                        unused,
                        unused_exclusive,
                        failure,
                    )
                    .await
                });
                match poll_once(fallback) {
                    Poll::Ready(answer) => answer,
                    Poll::Pending => panic!("it does not wait"),
                }
            }
        };
    }
    plain_passing_on!(plain_a, a);
    plain_passing_on!(plain_c, c);

    #[circuit_breaker("a", registry = registry, fallback = plain_a)]
    #[circuit_breaker("b", registry = registry, fallback = b)]
    #[circuit_breaker("c", registry = registry, fallback = plain_c)]
    fn plain_nested(
        registry: &Registry,
        text: String,
        (left, right): (u8, u8),
        trail: &mut Vec<char>,
        counter: &mut Counter,
        _: Vec<u8>,
        _: &mut u8,
    ) -> Result<String, Down> {
        assert_eq!(left, right);
        counter.count += 1;
        trail.push('-');
        drop(text);
        Err(Down)
    }

    #[tokio::test]
    async fn fallbacks_at_each_level_answer_from_the_inside_out() {
        let registry = registry();
        let mut trail = Vec::new();
        let mut counter = Counter { count: 0 };
        let mut unused = 0;
        let answer = nested(
            &registry,
            "text".to_owned(),
            (2, 2),
            &mut trail,
            &mut counter,
            vec![9],
            &mut unused,
        );
        assert_eq!(sendable(answer).await, Ok("text by a".to_owned()));
        assert_eq!(trail, ['-', 'c', 'b', 'a']);
        assert_eq!((counter.count, unused), (7, 3));
        for (name, expected) in [("c", (0, 1)), ("b", (0, 1)), ("a", (0, 1))] {
            assert_eq!(counts_of(&registry, name), expected, "{name}");
        }
    }

    #[test]
    fn fallbacks_at_each_level_of_a_plain_function_answer_from_the_inside_out() {
        let registry = registry();
        let mut trail = Vec::new();
        let mut counter = Counter { count: 0 };
        let mut unused = 0;
        let answer = plain_nested(
            &registry,
            "text".to_owned(),
            (2, 2),
            &mut trail,
            &mut counter,
            vec![9],
            &mut unused,
        );
        assert_eq!(answer, Ok("text by a".to_owned()));
        assert_eq!(trail, ['-', 'c', 'b', 'a']);
        assert_eq!((counter.count, unused), (7, 3));
    }
}

mod receivers {
    use super::*;

    #[derive(Clone)]
    struct Client {
        registry: Arc<Registry>,
        calls: u32,
        path: Vec<&'static str>,
    }

    impl Client {
        fn new() -> Self {
            Self {
                registry: Arc::new(registry()),
                calls: 0,
                path: Vec::new(),
            }
        }

        #[circuit_breaker("outer", registry = self.registry, fallback = shared_backup)]
        #[circuit_breaker("inner", registry = self.registry, fallback = shared_refusal)]
        async fn shared(&self, text: String) -> Result<String, Down> {
            drop(text);
            Err(Down)
        }

        async fn shared_backup(&self, text: String, _: Failure<Down>) -> Result<String, Down> {
            Ok(text)
        }

        fn shared_refusal(&self, _: String, _: Failure<Down>) -> Result<String, Down> {
            Err(Down)
        }

        #[circuit_breaker("outer", registry = self.registry, fallback = exclusive_backup)]
        #[circuit_breaker("middle", registry = self.registry, fallback = free::refusal)]
        #[circuit_breaker("inner", registry = self.registry, fallback = Self::exclusive_refusal)]
        async fn exclusive(&mut self, text: String) -> Result<String, Down> {
            self.calls += 1;
            self.path.push("body");
            drop(text);
            std::future::ready(()).await;
            Err(Down)
        }

        async fn exclusive_backup(
            &mut self,
            text: String,
            _: Failure<Down>,
        ) -> Result<String, Down> {
            self.path.push("outer");
            Ok(text)
        }

        fn exclusive_refusal(&mut self, _: String, _: Failure<Down>) -> Result<String, Down> {
            self.path.push("inner");
            Err(Down)
        }

        #[circuit_breaker("outer", registry = self.registry, fallback = exclusive_plain_backup)]
        #[circuit_breaker("inner", registry = self.registry, fallback = Self::exclusive_refusal)]
        fn exclusive_plain(&mut self, text: String) -> Result<String, Down> {
            self.path.push("body");
            drop(text);
            Err(Down)
        }

        fn exclusive_plain_backup(
            &mut self,
            text: String,
            _: Failure<Down>,
        ) -> Result<String, Down> {
            self.path.push("outer");
            Ok(text)
        }

        #[circuit_breaker("outer", registry = self.registry, fallback = owned_backup)]
        #[circuit_breaker("inner", registry = self.registry, fallback = owned_refusal)]
        async fn owned(self, text: &str) -> Result<String, Down> {
            drop(self.path);
            Err(Down)
        }

        fn owned_backup(self, text: &str, _: Failure<Down>) -> Result<String, Down> {
            Ok(format!("{text} {}", self.calls))
        }

        fn owned_refusal(self, _: &str, _: Failure<Down>) -> Result<String, Down> {
            Err(Down)
        }
    }

    mod free {
        use super::{Down, Failure};

        pub(super) fn refusal(_: String, _: Failure<Down>) -> Result<String, Down> {
            Err(Down)
        }
    }

    #[tokio::test]
    async fn receivers_reach_the_body_and_every_fallback() {
        let mut client = Client::new();
        let text = || "text".to_owned();
        assert_eq!(sendable(client.shared(text())).await, Ok(text()));
        assert_eq!(sendable(client.exclusive(text())).await, Ok(text()));
        assert_eq!(client.path, ["body", "inner", "outer"]);
        client.path.clear();
        assert_eq!(client.exclusive_plain(text()), Ok(text()));
        assert_eq!(client.path, ["body", "inner", "outer"]);
        assert_eq!(client.owned("text").await, Ok("text 1".to_owned()));
    }
}

/// Each way in which a call can end leaves every permit where it belongs.
mod endings {
    use super::*;

    const AWAITS: u32 = 3;
    const PROBES: u32 = 10;

    struct Wait(u32);

    impl Future for Wait {
        type Output = ();

        fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            match self.0.checked_sub(1) {
                Some(left) => {
                    self.0 = left;
                    Poll::Pending
                }
                None => Poll::Ready(()),
            }
        }
    }

    async fn body(panic_after: Option<u32>) -> Result<(), ApiError> {
        for step in 0..AWAITS {
            assert_ne!(Some(step), panic_after, "as told");
            Wait(1).await;
        }
        assert_ne!(Some(AWAITS), panic_after, "as told");
        Ok(())
    }

    #[circuit_breaker("outer", registry = registry)]
    #[circuit_breaker("inner", registry = registry)]
    async fn guarded(registry: &Registry, panic_after: Option<u32>) -> Result<(), ApiError> {
        body(panic_after).await
    }

    #[circuit_breaker("outer", registry = registry, fallback = backup)]
    #[circuit_breaker("inner", registry = registry, fallback = backup)]
    async fn with_fallbacks(registry: &Registry, panic_after: Option<u32>) -> Result<(), ApiError> {
        body(panic_after).await
    }

    #[circuit_breaker("outer", registry = registry)]
    #[circuit_breaker("inner", registry = registry)]
    fn boxed(
        registry: &Registry,
        panic_after: Option<u32>,
    ) -> Pin<Box<dyn Future<Output = Result<(), ApiError>> + Send>> {
        Box::pin(body(panic_after))
    }

    async fn backup(
        _: &Registry,
        _: Option<u32>,
        failure: Failure<ApiError>,
    ) -> Result<(), ApiError> {
        panic!("nobody needs it: {failure:?}")
    }

    type Call<'a> = Pin<Box<dyn Future<Output = Result<(), ApiError>> + Send + 'a>>;

    fn call(shape: u8, registry: &Registry, panic_after: Option<u32>) -> Call<'_> {
        match shape {
            0 => Box::pin(guarded(registry, panic_after)),
            1 => Box::pin(with_fallbacks(registry, panic_after)),
            _ => boxed(registry, panic_after),
        }
    }

    /// Both breakers of a fresh registry, in that state.
    fn breakers(state: State) -> (Registry, [CircuitBreaker; 2]) {
        let registry = registry();
        let breakers = ["outer", "inner"].map(|name| {
            let breaker = registry
                .circuit_breaker_with(name, |config| {
                    config.permitted_number_of_calls_in_half_open_state(PROBES)
                })
                .unwrap();
            if state == State::HalfOpen {
                breaker.transition_to_open().unwrap();
                breaker.transition_to_half_open().unwrap();
            }
            breaker
        });
        (registry, breakers)
    }

    /// How many more calls a half-open breaker lets through.
    fn free_permits(breaker: &CircuitBreaker) -> u32 {
        let mut permits = Vec::new();
        while let Ok(permit) = breaker.try_acquire() {
            permits.push(permit);
            if permits.len() > 100 {
                break;
            }
        }
        u32::try_from(permits.into_iter().map(Permit::ignore).count()).unwrap()
    }

    #[test]
    fn dropping_the_future_at_any_await_returns_every_permit() {
        for shape in 0..3 {
            for polls in 0..=AWAITS {
                for state in [State::Closed, State::HalfOpen] {
                    let (registry, breakers) = breakers(state);
                    let mut call = call(shape, &registry, None);
                    for _ in 0..polls {
                        assert!(poll_once(call.as_mut()).is_pending());
                    }
                    if polls > 0 && state == State::HalfOpen {
                        for breaker in &breakers {
                            assert_eq!(free_permits(breaker), PROBES - 1);
                        }
                    }
                    drop(call);
                    for breaker in &breakers {
                        let what = format!("{breaker:?}, shape {shape}, {polls} polls, {state}");
                        assert_eq!(counts(breaker), (0, 0), "{what}");
                        let cancelled = u64::from(polls > 0);
                        assert_eq!(breaker.metrics().cancelled_calls, cancelled, "{what}");
                        if state == State::HalfOpen {
                            assert_eq!(free_permits(breaker), PROBES, "{what}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_panic_at_any_await_is_one_failure_for_each_policy() {
        for shape in 0..3 {
            for panic_after in 0..=AWAITS {
                for state in [State::Closed, State::HalfOpen] {
                    let (registry, breakers) = breakers(state);
                    let mut call = call(shape, &registry, Some(panic_after));
                    for _ in 0..panic_after {
                        assert!(poll_once(call.as_mut()).is_pending());
                    }
                    let panicked = std::panic::catch_unwind(AssertUnwindSafe(|| {
                        poll_once(call.as_mut()).is_ready()
                    }));
                    assert!(panicked.is_err());
                    drop(call);
                    for breaker in &breakers {
                        let what = format!("{breaker:?}, shape {shape}, {panic_after}, {state}");
                        assert_eq!(counts(breaker), (0, 1), "{what}");
                        assert_eq!(breaker.metrics().cancelled_calls, 0, "{what}");
                        if state == State::HalfOpen {
                            assert_eq!(free_permits(breaker), PROBES - 1, "{what}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn nothing_happens_before_the_first_poll() {
        for shape in 0..3 {
            let (registry, breakers) = breakers(State::HalfOpen);
            let call = call(shape, &registry, None);
            for breaker in &breakers {
                assert_eq!(free_permits(breaker), PROBES);
            }
            drop(call);
        }
    }
}

mod fallbacks_by_pattern {
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
        async fn pay(
            &mut self,
            log: &mut Vec<u8>,
            end: Result<u8, ApiError>,
        ) -> Result<u8, ApiError> {
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
    fn plain(
        registry: &Registry,
        _unused: String,
        end: Result<u8, ApiError>,
    ) -> Result<u8, ApiError> {
        end
    }

    fn declined(
        _: &Registry,
        _: String,
        _: Result<u8, ApiError>,
        _: ApiError,
    ) -> Result<u8, ApiError> {
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
}

mod functions_that_cannot_fail {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Quote(u8);

    #[circuit_breaker("outer", registry = registry, fallback = last)]
    #[circuit_breaker("middle", registry = registry, plain, record_result(Quote(0)))]
    #[circuit_breaker(
        "inner",
        registry = registry,
        fallback(Failure::Policy(PolicyError::CircuitOpen(_)) => circuit_open, _ => last)
    )]
    async fn quote(registry: &Registry, log: &mut Vec<u8>, id: u8) -> Quote {
        log.push(id);
        Quote(id)
    }

    async fn circuit_open(_: &Registry, log: &mut Vec<u8>, id: u8, _: PolicyError) -> Quote {
        log.push(100);
        Quote(id + 100)
    }

    fn last(_: &Registry, log: &mut Vec<u8>, id: u8, error: PolicyError) -> Quote {
        log.push(200);
        let rejecting = rejecting(&error);
        Quote(if rejecting == "outer" {
            id + 200
        } else {
            id + 210
        })
    }

    #[tokio::test]
    async fn only_the_outermost_attribute_needs_a_fallback() {
        let registry = registry();
        let mut log = Vec::new();
        assert_eq!(quote(&registry, &mut log, 1).await, Quote(1));
        assert_eq!(quote(&registry, &mut log, 0).await, Quote(0));
        assert_eq!(counts_of(&registry, "outer"), (2, 0));
        assert_eq!(counts_of(&registry, "middle"), (1, 1));
        assert_eq!(counts_of(&registry, "inner"), (2, 0));
        for (name, answer) in [("inner", 101), ("middle", 211), ("outer", 201)] {
            open(&registry, name);
            assert_eq!(quote(&registry, &mut log, 1).await, Quote(answer));
        }
        assert_eq!(log, [1, 0, 100, 200, 200]);
    }

    #[circuit_breaker("outer", registry = registry, fallback = nothing)]
    #[circuit_breaker("inner", registry = registry)]
    fn plain(registry: &Registry) -> Option<u8> {
        Some(1)
    }

    #[circuit_breaker("outer", registry = registry, fallback = nothing)]
    #[circuit_breaker("inner", registry = registry)]
    fn opaque(registry: &Registry) -> impl Future<Output = Option<u8>> + Send {
        std::future::ready(Some(1))
    }

    #[circuit_breaker("outer", registry = registry, fallback = nothing)]
    #[circuit_breaker("inner", registry = registry, fallback = two)]
    fn boxed(registry: &Registry) -> Pin<Box<dyn Future<Output = Option<u8>> + Send + '_>> {
        Box::pin(std::future::ready(Some(1)))
    }

    #[circuit_breaker("outer", registry = registry, fallback = nothing)]
    #[circuit_breaker("inner", registry = registry, fallback = two)]
    fn plain_in_two_blocks(registry: &Registry) -> Option<u8> {
        Some(1)
    }

    fn nothing(_: &Registry, _: PolicyError) -> Option<u8> {
        None
    }

    fn two(_: &Registry, _: PolicyError) -> Option<u8> {
        Some(2)
    }

    async fn call(shape: u8, registry: &Registry) -> Option<u8> {
        match shape {
            0 => plain(registry),
            1 => sendable(opaque(registry)).await,
            2 => boxed(registry).await,
            _ => plain_in_two_blocks(registry),
        }
    }

    #[tokio::test]
    async fn every_shape_brings_its_value_or_the_answer_around_it() {
        for shape in 0..4 {
            let registry = registry();
            assert_eq!(call(shape, &registry).await, Some(1), "shape {shape}");
            open(&registry, "inner");
            let (answer, counted) = if shape < 2 {
                (None, (1, 1))
            } else {
                (Some(2), (2, 0))
            };
            assert_eq!(call(shape, &registry).await, answer, "shape {shape}");
            assert_eq!(counts_of(&registry, "outer"), counted, "shape {shape}");
            open(&registry, "outer");
            assert_eq!(call(shape, &registry).await, None, "shape {shape}");
        }
    }
}
