//! What a retry counts.

use std::time::Duration;

use resilience4rs::{Clock, Failure, PolicyError, Registry};

use super::{Load, reload, sum, vary};

const SECTION: &str = "retry";

#[derive(Debug, Default)]
struct Tally {
    attempts: u64,
    at_once: u64,
    later: u64,
    failed: u64,
}

/// Of ten calls one goes well at its second attempt, and one never.
pub(super) fn attempts(load: Load) -> String {
    let registry = Registry::builder().clock(Clock::manual()).build();
    let retry = registry.retry("loaded");
    let change = |change: u64| {
        let settings = format!(
            "maxAttempts: {}, waitDuration: 0ms, failAfterMaxAttempts: {}",
            vary(change, 2, 6),
            change.is_multiple_of(2),
        );
        reload(&registry, SECTION, &settings);
        let longest = Duration::from_secs(vary(change, 1, 60));
        retry
            .change_config(|config| config.max_duration(longest))
            .unwrap();
    };
    change(load.changes + 1);
    let call = |tally: &mut Tally, number: u64| {
        let mut attempts = 0;
        let outcome = retry.call_blocking(|| {
            attempts += 1;
            match number % 10 {
                0 if attempts == 1 => Err("busy"),
                1 => Err("down"),
                _ => Ok(number),
            }
        });
        tally.attempts += attempts;
        match outcome {
            Ok(_) if attempts == 1 => tally.at_once += 1,
            Ok(_) => tally.later += 1,
            Err(_) => tally.failed += 1,
        }
    };
    let tallies = load.run(call, change);
    let count = |of: fn(&Tally) -> u64| sum(&tallies, of);
    let metrics = retry.metrics();
    let known = [
        (
            metrics.successful_calls_without_retry,
            count(|tally| tally.at_once),
        ),
        (
            metrics.successful_calls_with_retry,
            count(|tally| tally.later),
        ),
        (metrics.failed_calls_with_retry, count(|tally| tally.failed)),
        (metrics.total_calls, count(|tally| tally.attempts)),
    ];
    assert!(
        known.iter().all(|(counted, made)| counted == made),
        "{known:?}"
    );
    assert_eq!(known[1].0, load.calls / 10);
    assert_eq!(
        known[..3].iter().map(|(calls, _)| calls).sum::<u64>(),
        load.calls
    );
    assert_eq!(metrics.failed_calls_without_retry, 0);
    format!(
        "{} well at once, {} later, {} failed; {} attempts",
        known[0].0, known[1].0, known[2].0, known[3].0
    )
}

/// Each call fails and asks for one retry: of one budget, of another, or of none.
pub(super) fn budgets(load: Load) -> String {
    let registry = Registry::builder().clock(Clock::manual()).build();
    let retry = registry.retry("loaded");
    let change = |change: u64| {
        let budget = ["", ", budget: one", ", budget: other"][usize::try_from(change % 3).unwrap()];
        reload(
            &registry,
            SECTION,
            &format!("maxAttempts: 2, waitDuration: 0ms{budget}"),
        );
        let least = u32::try_from(vary(change, 1, 100)).unwrap();
        retry
            .change_config(|config| config.budget_min_retries_per_second(least))
            .unwrap();
    };
    change(load.changes + 1);
    let call = |attempts: &mut u64, _| {
        let mut made = 0;
        let outcome = retry.call_blocking(|| {
            made += 1;
            Err::<(), _>("down")
        });
        assert!(matches!(
            outcome,
            Err(Failure::Call("down") | Failure::Policy(PolicyError::RetriesExhausted(_)))
        ));
        *attempts += made;
    };
    let attempts = sum(&load.run(call, change), |attempts| *attempts);
    let metrics = retry.metrics();
    assert_eq!(metrics.failed_calls_with_retry, load.calls);
    assert_eq!(metrics.total_calls, attempts);
    assert_eq!(metrics.refused_retries + attempts - load.calls, load.calls);
    format!(
        "{} retries made, {} refused",
        attempts - load.calls,
        metrics.refused_retries
    )
}
