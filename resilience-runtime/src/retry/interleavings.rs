//! Whatever settings change while a call runs, it keeps to some of them.
//!
//! Run by `cargo xtask loom`.

use std::ops::ControlFlow;
use std::sync::{Arc as StdArc, Weak};
use std::time::Duration;

use loom::sync::Arc;
use loom::thread;

use super::{Budgets, Retry, RetryBudget, RetryConfig, RetryConfigBuilder, RetryVerdict};
use crate::clock::{Clock, ManualClock};
use crate::membership::{Member, Membership};

/// There are no others than the retry's own.
struct Nobody;

impl Budgets for Nobody {
    fn find_or_make(&self, _: &str, _: &RetryConfig) -> RetryBudget {
        unreachable!("it is dropped")
    }
}

fn config() -> RetryConfigBuilder {
    RetryConfig::builder().wait_duration(Duration::ZERO)
}

fn retry(given: RetryConfigBuilder, time: &ManualClock) -> Arc<Retry> {
    let membership = Membership::alone("model");
    let config = given.build().unwrap();
    let budgets = Weak::<Nobody>::new();
    Arc::new(Retry::new(
        membership,
        config,
        None,
        budgets,
        time.clone().into(),
    ))
}

fn changing(retry: &Arc<Retry>, given: RetryConfigBuilder) -> thread::JoinHandle<()> {
    let (retry, config) = (retry.clone(), given.build().unwrap());
    thread::spawn(move || retry.apply(&config))
}

/// How many attempts a call makes that fails for ever, asking before each whether it is the last.
fn attempts_of(retry: &Retry) -> u32 {
    let mut attempts = retry.attempts();
    for made in 1.. {
        let is_last = attempts.is_last();
        let outcome = Ok(Err::<(), _>("down"));
        match attempts.judge(|_| RetryVerdict::Retry, outcome) {
            ControlFlow::Continue(_) => assert!(!is_last, "its arguments are gone"),
            ControlFlow::Break(_) => return made,
        }
    }
    unreachable!("it is tried for ever")
}

#[test]
fn a_call_is_tried_as_often_as_the_old_settings_say_or_the_new() {
    loom::model(|| {
        let retry = retry(config().max_attempts(1), &Clock::manual());
        let changed = changing(&retry, config().max_attempts(3));
        let made = attempts_of(&retry);
        assert!(made == 1 || made == 3, "{made}");
        changed.join().unwrap();
        assert_eq!(attempts_of(&retry), 3);
    });
}

#[test]
fn a_call_that_runs_while_there_come_to_be_fewer_attempts_ends() {
    loom::model(|| {
        let retry = retry(config().max_attempts(3), &Clock::manual());
        let changed = changing(&retry, config().max_attempts(1));
        let made = attempts_of(&retry);
        assert!((1..=3).contains(&made), "{made}");
        changed.join().unwrap();
        assert_eq!(attempts_of(&retry), 1);
    });
}

/// The clock is past any bound that counts from its beginning.
#[test]
fn a_bound_that_comes_while_a_call_runs_counts_from_when_it_began_or_not_at_all() {
    loom::model(|| {
        let time = Clock::manual();
        time.advance(Duration::from_secs(100));
        let retry = retry(config(), &time);
        let changed = changing(&retry, config().max_duration(Duration::from_secs(1)));
        assert_eq!(attempts_of(&retry), 3, "no time passes in it");
        changed.join().unwrap();
    });
}

/// A call that finds that there is a budget finds the budget; and what a retry is asked, it has seen.
#[test]
fn a_budget_that_comes_while_a_call_runs_is_whole() {
    loom::model(|| {
        let retry = retry(config(), &Clock::manual());
        let changed = changing(
            &retry,
            config().budget("bank").budget_min_retries_per_second(1),
        );
        let made = attempts_of(&retry);
        changed.join().unwrap();
        let metrics = retry.budget().unwrap().metrics();
        assert!(metrics.calls <= 1);
        // Two retries if it asked for none of them, or for the last; else one was refused.
        assert_eq!(u64::from(made == 2), metrics.refused_retries);
        assert!(made == 2 || made == 3, "{made}");
    });
}

/// Two retries that share a budget change each another half of what it allows.
#[test]
fn of_two_changes_of_a_budget_none_is_lost() {
    loom::model(|| {
        let budget = RetryBudget::new("bank".into(), 20.0, 10, Clock::manual().into());
        let budget = StdArc::new(budget);
        let other = {
            let budget = budget.clone();
            thread::spawn(move || budget.change(Some(50.0), None))
        };
        budget.change(None, Some(3));
        other.join().unwrap();
        let half = f32::EPSILON;
        assert!((budget.percentage() - 50.0).abs() < half);
        assert_eq!(budget.min_retries_per_second(), 3);
    });
}
