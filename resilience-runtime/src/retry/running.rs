//! Settings that change while calls run do what they do on a model, and reach the budgets.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Budgets, Retry, RetryBudget, RetryConfig, RetryConfigBuilder, RetryVerdict};
use crate::clock::{Clock, ManualClock};
use crate::membership::{Member, Membership};

/// As a registry keeps them.
#[derive(Default)]
struct Kept {
    by_name: Mutex<BTreeMap<String, RetryBudget>>,
}

impl Budgets for Kept {
    fn find_or_make(&self, name: &str, config: &RetryConfig) -> RetryBudget {
        let make = || {
            let share = config.budget_percentage();
            let minimum = config.budget_min_retries_per_second();
            RetryBudget::new(name.into(), share, minimum, Clock::manual().into())
        };
        let mut by_name = self.by_name.lock().unwrap();
        by_name.entry(name.to_owned()).or_insert_with(make).clone()
    }
}

fn retry_in(kept: &Arc<Kept>, given: RetryConfigBuilder) -> Retry {
    let config = given.build().unwrap();
    let budget = config.budget().map(|name| kept.find_or_make(name, &config));
    let budgets: Weak<dyn Budgets> = Arc::downgrade(&(Arc::clone(kept) as Arc<dyn Budgets>));
    let membership = Membership::alone("tested");
    // What it is made with stays where nothing else is said.
    let retry = Retry::new(
        membership,
        config.clone(),
        budget,
        budgets,
        Clock::manual().into(),
    );
    retry.shared.membership.layers().own = Some(Arc::new(config.to_builder()));
    retry
}

fn of(budget: &str) -> RetryConfigBuilder {
    RetryConfig::builder()
        .budget(budget)
        .wait_duration(Duration::ZERO)
}

fn seen(retry: &Retry) -> (&str, f32, u32) {
    let budget = retry.budget().unwrap();
    (
        budget.name(),
        budget.percentage(),
        budget.min_retries_per_second(),
    )
}

fn fail(retry: &Retry) {
    assert!(retry.call_blocking(|| Err::<(), _>("down")).is_err());
}

#[test]
fn a_budget_of_another_name_is_the_one_that_others_share() {
    let kept = Arc::new(Kept::default());
    let pay = retry_in(&kept, of("bank").budget_min_retries_per_second(1));
    let stock = retry_in(&kept, of("shelf").budget_min_retries_per_second(5));
    fail(&pay);
    assert_eq!(pay.budget().unwrap().metrics().retries, 1);

    pay.change_config(|config| config.budget("shelf")).unwrap();
    assert_eq!(seen(&pay), ("shelf", 20.0, 5), "as its first retry made it");
    fail(&pay);
    assert_eq!(stock.budget().unwrap().metrics().retries, 2);
    assert_eq!(stock.budget().unwrap().metrics().calls, 1);

    let changes = pay
        .change_config(|config| config.budget("bank").max_attempts(2))
        .unwrap();
    assert_eq!(changes[1].to_string(), "`budget` from shelf to bank");
    fail(&pay);
    let bank = pay.budget().unwrap().metrics();
    assert_eq!((bank.calls, bank.retries), (2, 1), "it kept its counts");
    assert_eq!(kept.by_name.lock().unwrap().len(), 2);
}

#[test]
fn a_budget_that_nobody_has_named_yet_is_made_as_the_retry_says() {
    let kept = Arc::new(Kept::default());
    let retry = retry_in(&kept, RetryConfig::builder().wait_duration(Duration::ZERO));
    assert!(retry.budget().is_none());
    retry
        .change_config(|config| config.budget("bank").budget_min_retries_per_second(1))
        .unwrap();
    assert_eq!(seen(&retry), ("bank", 20.0, 1));
    fail(&retry);
    assert_eq!(retry.metrics().refused_retries, 1);
    assert_eq!(kept.by_name.lock().unwrap()["bank"].metrics().calls, 1);
}

#[test]
fn a_retry_whose_settings_name_no_budget_any_more_is_held_by_none() {
    let kept = Arc::new(Kept::default());
    let retry = retry_in(&kept, of("bank").budget_min_retries_per_second(0));
    fail(&retry);
    assert_eq!(retry.metrics().refused_retries, 1);

    let without = RetryConfig::builder().wait_duration(Duration::ZERO).build();
    let changes = retry
        .change_config(|_| without.unwrap().to_builder())
        .unwrap();
    assert_eq!(changes[0].to_string(), "`budget` from bank to none");
    assert!(retry.budget().is_none());
    fail(&retry);
    let metrics = retry.metrics();
    assert_eq!((metrics.refused_retries, metrics.total_calls), (1, 4));
}

#[test]
fn the_last_change_of_a_share_wins_for_all_that_share_it() {
    let kept = Arc::new(Kept::default());
    let pay = retry_in(&kept, of("bank"));
    let refund = retry_in(&kept, of("bank").budget_percentage(5.0));
    assert_eq!(seen(&refund), ("bank", 20.0, 10), "the first has made it");

    pay.change_config(|config| config.budget_percentage(50.0))
        .unwrap();
    assert_eq!(seen(&refund), ("bank", 50.0, 10));
    refund
        .change_config(|config| config.budget_min_retries_per_second(3))
        .unwrap();
    assert_eq!(seen(&pay), ("bank", 50.0, 3), "the share is not its matter");
    refund
        .change_config(|config| config.budget_percentage(30.0))
        .unwrap();
    assert_eq!(seen(&pay), ("bank", 30.0, 3));
    pay.change_config(|config| config.max_attempts(7)).unwrap();
    assert_eq!(seen(&pay), ("bank", 30.0, 3), "nor the other's");
}

#[test]
fn a_retry_without_its_registry_has_a_budget_of_its_own() {
    let kept = Arc::new(Kept::default());
    let retry = retry_in(&kept, of("bank"));
    drop(kept);
    retry
        .change_config(|config| config.budget("shelf").budget_percentage(7.0))
        .unwrap();
    assert_eq!(seen(&retry), ("shelf", 7.0, 10));
}

#[test]
fn a_bad_change_leaves_the_budget_as_it_was() {
    let kept = Arc::new(Kept::default());
    let retry = retry_in(&kept, of("bank"));
    let error = retry
        .change_config(|config| config.budget("shelf").budget_percentage(0.0))
        .unwrap_err();
    assert!(error.to_string().starts_with("`budget_percentage`"));
    assert_eq!(seen(&retry), ("bank", 20.0, 10));
    assert_eq!(kept.by_name.lock().unwrap().len(), 1, "none was made");
}

#[test]
fn beginning_afresh_forgets_the_counts_and_keeps_the_budget_and_the_settings() {
    let kept = Arc::new(Kept::default());
    let retry = retry_in(&kept, of("bank"));
    fail(&retry);
    retry.begin_afresh();
    assert_eq!(retry.metrics().total_calls, 0);
    assert_eq!(retry.metrics().failed_calls_with_retry, 0);
    assert_eq!(retry.budget().unwrap().metrics().retries, 2);
    assert_eq!(retry.config().budget(), Some("bank"));
    assert!(retry.is_idle());
    assert_eq!(retry.handles(), 1);
}

#[derive(Debug, Clone, Copy)]
enum Step {
    ChangeAttempts(u32),
    /// In nanoseconds; none where it is 0.
    ChangeDuration(u64),
    ChangeBudget(bool),
    Advance(u64),
    AskWhetherLast,
    Fail,
    Succeed,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1..6u32).prop_map(Step::ChangeAttempts),
        3 => (0..60u64).prop_map(Step::ChangeDuration),
        1 => any::<bool>().prop_map(Step::ChangeBudget),
        4 => (0..20u64).prop_map(Step::Advance),
        4 => Just(Step::AskWhetherLast),
        12 => Just(Step::Fail),
        2 => Just(Step::Succeed),
    ];
    vec(step, 1..80)
}

/// One call at a time, and the settings as they are.
#[derive(Default)]
struct Model {
    max_attempts: u32,
    duration: Option<u64>,
    has_budget: bool,
    now: u64,
    failed: u32,
    began: Option<u64>,
    is_told_last: bool,
    calls_of_budget: u64,
}

impl Model {
    fn begin(&mut self) {
        self.failed = 0;
        self.is_told_last = false;
        self.began = self.duration.map(|_| self.now);
        self.calls_of_budget += u64::from(self.has_budget);
    }

    /// Whether there is another attempt.
    fn fail(&mut self) -> bool {
        self.failed += 1;
        let is_late = match (self.began, self.duration) {
            (Some(began), Some(duration)) => self.now > began + duration,
            _ => false,
        };
        self.failed < self.max_attempts && !self.is_told_last && !is_late
    }
}

fn change(retry: &Retry, time: &ManualClock, model: &mut Model, step: Step) {
    // All of them at once, so that what is absent can be said.
    let given = |model: &Model| {
        let config = RetryConfig::builder().wait_duration(Duration::ZERO);
        let config = config
            .max_attempts(model.max_attempts)
            .budget_percentage(100.0);
        let config = match model.duration {
            Some(nanos) => config.max_duration(Duration::from_nanos(nanos)),
            None => config,
        };
        let config = if model.has_budget {
            config
                .budget("kept")
                .budget_min_retries_per_second(u32::MAX)
        } else {
            config
        };
        config.build().unwrap().to_builder()
    };
    match step {
        Step::ChangeAttempts(attempts) => model.max_attempts = attempts,
        Step::ChangeDuration(nanos) => model.duration = Some(nanos).filter(|nanos| *nanos > 0),
        Step::ChangeBudget(has_budget) => model.has_budget = has_budget,
        Step::Advance(nanos) => {
            time.advance(Duration::from_nanos(nanos));
            model.now += nanos;
            return;
        }
        _ => return,
    }
    retry.change_config(|_| given(model)).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn calls_under_changing_settings_are_those_of_the_model(steps in steps()) {
        let time = Clock::manual();
        let kept = Arc::new(Kept::default());
        let budgets: Weak<dyn Budgets> = Arc::downgrade(&(Arc::clone(&kept) as Arc<dyn Budgets>));
        let retry = Retry::new(
            Membership::alone("tested"),
            RetryConfig::builder().wait_duration(Duration::ZERO).build().unwrap(),
            None,
            budgets,
            time.clone().into(),
        );
        let mut model = Model { max_attempts: 3, ..Model::default() };
        change(&retry, &time, &mut model, Step::ChangeAttempts(3));
        let mut attempts = retry.attempts();
        model.begin();
        for step in steps {
            let outcome = match step {
                Step::Fail => Err("down"),
                Step::Succeed => Ok(()),
                Step::AskWhetherLast => {
                    let is_last = model.failed + 1 >= model.max_attempts;
                    model.is_told_last |= is_last;
                    prop_assert_eq!(attempts.is_last(), is_last);
                    continue;
                }
                step => {
                    change(&retry, &time, &mut model, step);
                    continue;
                }
            };
            let goes_on = outcome.is_err() && model.fail();
            let judged = attempts.judge(
                |outcome| if outcome.is_ok() { RetryVerdict::Accept } else { RetryVerdict::Retry },
                Ok(outcome),
            );
            prop_assert_eq!(matches!(judged, ControlFlow::Continue(_)), goes_on);
            if !goes_on {
                attempts = retry.attempts();
                model.begin();
            }
        }
        let kept = kept.by_name.lock().unwrap();
        let calls = kept.get("kept").map_or(0, |budget| budget.metrics().calls);
        prop_assert_eq!(calls, model.calls_of_budget);
    }
}
