//! Each way in which a call can end leaves every permit where it belongs.

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

async fn backup(_: &Registry, _: Option<u32>, failure: Failure<ApiError>) -> Result<(), ApiError> {
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
