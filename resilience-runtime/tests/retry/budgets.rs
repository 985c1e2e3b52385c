//! Budgets that bound the retries of all who name them.

use std::future::ready;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use resilience_runtime::{
    AttemptFailure, Clock, GiveUpReason, ManualClock, Registry, Retry, RetryEventKind,
};

use super::{events_of, poll_once};

const SECOND: Duration = Duration::from_secs(1);
const SLICE: Duration = Duration::from_micros(62_500);

fn registry() -> (Registry, ManualClock) {
    let time = Clock::manual();
    (Registry::builder().clock(&time).build(), time)
}

fn budgeted(registry: &Registry, name: &str, percentage: f32, minimum: u32) -> Retry {
    registry
        .retry_with(name, |config| {
            config
                .wait_duration(Duration::ZERO)
                .budget("backend")
                .budget_percentage(percentage)
                .budget_min_retries_per_second(minimum)
        })
        .unwrap()
}

/// Makes calls that fail; returns how many attempts there were.
fn fail(retry: &Retry, calls: u64) -> u64 {
    let mut attempts = 0;
    for _ in 0..calls {
        let failed = retry.call_blocking(|| {
            attempts += 1;
            Err::<(), _>("down")
        });
        assert!(failed.is_err());
    }
    attempts
}

#[test]
fn a_refused_retry_ends_the_call_with_its_last_error() {
    let (registry, _) = registry();
    let retry = budgeted(&registry, "pay", 20.0, 1);
    let events = events_of(&retry);
    let mut errors = 0;
    let failed = retry.call_blocking(|| {
        errors += 1;
        Err::<(), _>(errors)
    });
    assert_eq!(failed.unwrap_err().to_string(), "2");
    assert_eq!(
        *events.lock().unwrap(),
        [
            RetryEventKind::Retry {
                attempts: 1,
                wait: Duration::ZERO,
                failure: AttemptFailure::Error,
            },
            RetryEventKind::BudgetExhausted {
                attempts: 2,
                budget: Arc::from("backend"),
            },
            RetryEventKind::Error {
                attempts: 2,
                failure: AttemptFailure::Error,
                reason: GiveUpReason::Budget,
            },
        ]
    );
    let metrics = retry.metrics();
    assert_eq!(
        (metrics.refused_retries, metrics.failed_calls_with_retry),
        (1, 1)
    );
    assert_eq!(metrics.total_calls, 2);
    assert_eq!(retry.budget().unwrap().metrics().refused_retries, 1);
}

#[test]
fn all_that_name_a_budget_share_it() {
    let (registry, _) = registry();
    let (pay, refund) = (
        budgeted(&registry, "pay", 20.0, 0),
        budgeted(&registry, "refund", 100.0, 1000),
    );
    assert_eq!(
        fail(&pay, 50) + fail(&refund, 50),
        120,
        "a fifth of all calls"
    );
    let budget = registry.find_retry_budget("backend").unwrap();
    assert_eq!(
        budget.min_retries_per_second(),
        0,
        "the first that named it has made it"
    );
    let metrics = budget.metrics();
    assert_eq!((metrics.calls, metrics.retries), (100, 20));
    assert_eq!(metrics.allowed_retries, 20);
    assert_eq!(registry.retry_budgets().len(), 1);
}

#[test]
fn without_a_budget_every_call_is_retried() {
    let (registry, _) = registry();
    let retry = registry
        .retry_with("pay", |config| config.wait_duration(Duration::ZERO))
        .unwrap();
    assert!(retry.budget().is_none());
    assert_eq!(fail(&retry, 100), 300);
}

#[test]
fn a_second_later_the_budget_is_as_it_was() {
    let (registry, time) = registry();
    let retry = budgeted(&registry, "pay", 20.0, 3);
    assert_eq!(fail(&retry, 10), 13, "the minimum, since a fifth is less");
    time.advance(SECOND);
    assert_eq!(fail(&retry, 1), 1, "there was no second without them yet");
    time.advance(SLICE);
    assert_eq!(fail(&retry, 10), 13);
    time.advance(Duration::from_hours(1));
    assert_eq!(fail(&retry, 10), 13, "an hour saves nothing");
}

#[test]
fn calls_that_go_well_allow_the_retries_of_those_that_do_not() {
    let (registry, _) = registry();
    let retry = budgeted(&registry, "pay", 20.0, 0);
    for _ in 0..100 {
        assert!(retry.call_blocking(|| Ok::<_, ()>(())).is_ok());
    }
    assert_eq!(fail(&retry, 5), 15, "ten retries of 21 allowed");
}

#[test]
fn a_call_that_is_out_of_time_takes_nothing_from_the_budget() {
    let (registry, _) = registry();
    let retry = registry
        .retry_with("pay", |config| {
            config
                .budget("backend")
                .max_duration(Duration::from_millis(1))
        })
        .unwrap();
    for _ in 0..5 {
        // It does not wait.
        let mut call = pin!(retry.call(|| ready(Err::<(), _>("down"))));
        assert!(poll_once(call.as_mut()).is_ready());
    }
    assert_eq!(retry.budget().unwrap().metrics().retries, 0);
    assert_eq!(retry.metrics().refused_retries, 0);
}

#[test]
fn many_threads_get_no_more_than_there_is() {
    let (registry, _) = registry();
    let retry = budgeted(&registry, "pay", 10.0, 0);
    let attempts = Mutex::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let made = fail(&retry, 500);
                *attempts.lock().unwrap() += made;
            });
        }
    });
    let attempts = attempts.into_inner().unwrap();
    let metrics = retry.budget().unwrap().metrics();
    assert_eq!(metrics.calls, 4_000);
    assert_eq!(metrics.retries, attempts - 4_000);
    // The last calls may have found no budget and left none behind.
    assert!((1..=400).contains(&metrics.retries), "{metrics:?}");
}
