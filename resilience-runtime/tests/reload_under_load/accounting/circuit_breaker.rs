//! What a breaker counts.

use std::time::Duration;

use resilience4rs::{CircuitBreaker, CircuitBreakerConfigBuilder, Clock, Registry, State};

use super::{Load, reload, sum, vary};

const SECTION: &str = "circuitbreaker";

/// Longer than any threshold here.
const SLOW: Duration = Duration::from_secs(3_600);

/// The longest window of calls.
const MOST_CALLS: u64 = 262_143;

#[derive(Debug, Default)]
struct Tally {
    failed: u64,
    slow: u64,
    cancelled: u64,
    ignored: u64,
}

/// A breaker whose time stands still, and its registry.
fn breaker(
    configure: impl FnOnce(CircuitBreakerConfigBuilder) -> CircuitBreakerConfigBuilder,
) -> (Registry, CircuitBreaker) {
    let registry = Registry::builder().clock(Clock::manual()).build();
    let breaker = registry.circuit_breaker_with("loaded", configure).unwrap();
    (registry, breaker)
}

/// Of sixteen calls one is cancelled, one ignored, one slow, and two fail, of which one is slow.
fn call(breaker: &CircuitBreaker, tally: &mut Tally, number: u64) {
    let permit = breaker.try_acquire().unwrap();
    match number % 16 {
        0 => {
            tally.cancelled += 1;
            drop(permit);
        }
        1 => {
            tally.ignored += 1;
            permit.ignore();
        }
        2 => {
            tally.slow += 1;
            permit.ignore();
            breaker.on_success(SLOW);
        }
        3 => {
            tally.failed += 1;
            permit.failure();
        }
        4 => {
            tally.failed += 1;
            tally.slow += 1;
            permit.ignore();
            breaker.on_error(SLOW, &"slow");
        }
        _ => permit.success(),
    }
}

/// Settings that do not make these calls open the breaker.
fn thresholds(change: u64) -> String {
    format!(
        "failureRateThreshold: {}, slowCallRateThreshold: {}, minimumNumberOfCalls: {}, \
         permittedNumberOfCallsInHalfOpenState: {}, waitDurationInOpenState: {}s",
        vary(change, 50, 100),
        vary(change, 60, 100),
        vary(change, 100, 200),
        vary(change, 1, 20),
        vary(change, 1, 100),
    )
}

fn change_by_hand(breaker: &CircuitBreaker, change: u64) {
    let threshold = Duration::from_secs(vary(change, 1, 60));
    breaker
        .change_config(|config| config.slow_call_duration_threshold(threshold))
        .unwrap();
}

/// What the breaker shows is what its callers know.
fn assert_counted(breaker: &CircuitBreaker, calls: u64, tallies: &[Tally]) {
    let metrics = breaker.metrics();
    let uncounted = |tally: &Tally| tally.cancelled + tally.ignored;
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(metrics.buffered_calls, calls - sum(tallies, uncounted));
    assert_eq!(metrics.failed_calls, sum(tallies, |tally| tally.failed));
    assert_eq!(metrics.slow_calls, sum(tallies, |tally| tally.slow));
    assert_eq!(
        metrics.cancelled_calls,
        sum(tallies, |tally| tally.cancelled)
    );
    assert_eq!(metrics.not_permitted_calls, 0);
}

/// Time stands still, so that the window holds everything; its length changes, too.
pub(super) fn window_of_seconds(load: Load) -> String {
    let (registry, breaker) = breaker(|config| config);
    let change = |change: u64| {
        let seconds = vary(change, 1, 60);
        let window = format!("slidingWindowType: TIME_BASED, slidingWindowSize: {seconds}, ");
        reload(&registry, SECTION, &(window + &thresholds(change)));
        change_by_hand(&breaker, change);
    };
    change(load.changes + 1);
    let tallies = load.run(|tally, number| call(&breaker, tally, number), change);
    assert_counted(&breaker, load.calls, &tallies);
    let metrics = breaker.metrics();
    format!(
        "{} counted in the window, {} of them failed, {} slow; {} cancelled",
        metrics.buffered_calls, metrics.failed_calls, metrics.slow_calls, metrics.cancelled_calls
    )
}

/// In rounds that the window has room for.
pub(super) fn window_of_calls(load: Load) -> String {
    const ROUNDS: u64 = 20;
    let (registry, breaker) = breaker(|config| config);
    let round = load.part(ROUNDS);
    assert!(round.calls <= MOST_CALLS);
    let change = |change: u64| {
        let window = format!("slidingWindowSize: {MOST_CALLS}, ");
        reload(&registry, SECTION, &(window + &thresholds(change)));
        change_by_hand(&breaker, change);
    };
    let (mut counted, mut failed) = (0, 0);
    for _ in 0..ROUNDS {
        change(load.changes + 1);
        breaker.reset();
        let tallies = round.run(|tally, number| call(&breaker, tally, number), change);
        assert_counted(&breaker, round.calls, &tallies);
        counted += breaker.metrics().buffered_calls;
        failed += breaker.metrics().failed_calls;
    }
    format!("{counted} counted in {ROUNDS} rounds, {failed} of them failed")
}

/// Every change gives the window another length, so that what it holds is copied into another, which has
/// room for all of it: of the calls that end meanwhile, too.
pub(super) fn window_whose_shape_changes(load: Load) -> String {
    let (registry, breaker) = breaker(|config| config);
    let mut counted = 0;
    // How many there are to a round: what is copied is longer, or it is copied more often.
    for changes in [4, 20] {
        let rounds = load.changes / changes / 2;
        let round = load.part(rounds * 2);
        for _ in 0..rounds {
            assert_copied_whole(round, &registry, &breaker);
            counted += breaker.metrics().buffered_calls;
        }
    }
    assert_is_whole(&registry, &breaker);
    format!(
        "{counted} counted in windows that were copied {} times",
        load.changes
    )
}

fn assert_copied_whole(load: Load, registry: &Registry, breaker: &CircuitBreaker) {
    let change = |change: u64| {
        let calls = load.calls + vary(change, 0, 10_000);
        let window = format!("slidingWindowSize: {calls}, ");
        reload(registry, SECTION, &(window + &thresholds(change)));
        change_by_hand(breaker, change);
    };
    change(load.changes + 1);
    breaker.reset();
    let call = |tally: &mut Tally, number: u64| {
        let permit = breaker.try_acquire().unwrap();
        if number.is_multiple_of(8) {
            tally.failed += 1;
            permit.failure();
        } else {
            permit.success();
        }
    };
    let tallies = load.run(call, change);
    assert_counted(breaker, load.calls, &tallies);
}

/// It counts to the call, and opens when it should.
fn assert_is_whole(registry: &Registry, breaker: &CircuitBreaker) {
    let settings = "slidingWindowSize: 1000, failureRateThreshold: 50, minimumNumberOfCalls: 1000";
    reload(registry, SECTION, settings);
    for _ in 0..1_000 {
        breaker.try_acquire().unwrap().success();
    }
    assert_eq!(breaker.metrics().successful_calls, 1_000);
    for failed in 1..=500 {
        assert_eq!(breaker.state(), State::Closed);
        breaker.try_acquire().unwrap().failure();
        assert_eq!(breaker.metrics().failed_calls, failed);
    }
    assert_eq!(breaker.state(), State::Open);
}
