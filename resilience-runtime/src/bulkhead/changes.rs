//! Settings that change while calls run and wait.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::{Bulkhead, BulkheadConfig, BulkheadConfigBuilder, BulkheadPermit};
use crate::clock::{Clock, ManualClock};
use crate::failure::PolicyError;
use crate::membership::{Layered, Member, Membership};

const MINUTE: Duration = Duration::from_secs(60);

type Acquiring<'a> = Pin<Box<dyn Future<Output = Result<BulkheadPermit<'a>, PolicyError>> + 'a>>;

/// One place, a minute to wait for it, and in turn or not.
fn with_one_place(is_fair: bool) -> (Bulkhead, ManualClock) {
    let time = Clock::manual();
    let config = BulkheadConfig::builder()
        .max_concurrent_calls(1)
        .max_wait_duration(MINUTE)
        .fair_call_handling_enabled(is_fair)
        .build()
        .unwrap();
    let bulkhead = Bulkhead::new(alone(config), config, Clock::from(&time));
    (bulkhead, time)
}

/// Of one whose settings its maker gave.
fn alone(config: BulkheadConfig) -> Membership<BulkheadConfigBuilder> {
    let membership = Membership::alone("tested");
    membership.layers().own = Some(config.to_builder().into());
    membership
}

fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// One who waits now.
fn waiting(bulkhead: &Bulkhead) -> Acquiring<'_> {
    let mut acquiring: Acquiring<'_> = Box::pin(bulkhead.acquire());
    assert!(poll_once(acquiring.as_mut()).is_pending());
    acquiring
}

/// Who of them has a place now, of whom each then keeps it.
fn served<'a>(all: &mut [Acquiring<'a>]) -> Vec<Option<BulkheadPermit<'a>>> {
    all.iter_mut()
        .map(|acquiring| match poll_once(acquiring.as_mut()) {
            Poll::Ready(permit) => Some(permit.unwrap()),
            Poll::Pending => None,
        })
        .collect()
}

fn set(bulkhead: &Bulkhead, configure: fn(BulkheadConfigBuilder) -> BulkheadConfigBuilder) {
    assert_eq!(bulkhead.change_config(configure).unwrap().len(), 1);
}

#[test]
fn a_limit_that_shrinks_lets_those_that_run_go_on_and_nobody_in_until_it_holds() {
    let (bulkhead, _) = with_one_place(true);
    set(&bulkhead, |config| config.max_concurrent_calls(3));
    let permits: Vec<_> = (0..3).map(|_| bulkhead.try_acquire().unwrap()).collect();
    let mut waits = waiting(&bulkhead);
    set(&bulkhead, |config| config.max_concurrent_calls(1));
    assert_eq!(bulkhead.metrics().max_allowed_concurrent_calls, 1);
    for permit in permits {
        assert!(poll_once(waits.as_mut()).is_pending());
        assert_eq!(bulkhead.metrics().available_concurrent_calls, 0);
        permit.complete();
    }
    assert!(poll_once(waits.as_mut()).is_ready());
    assert_eq!(bulkhead.metrics().available_concurrent_calls, 1);
}

#[test]
fn a_limit_that_grows_lets_in_those_who_wait_in_their_order() {
    let (bulkhead, _) = with_one_place(true);
    let _running = bulkhead.try_acquire().unwrap();
    let mut all = [(); 3].map(|()| waiting(&bulkhead));
    set(&bulkhead, |config| config.max_concurrent_calls(3));
    let served = served(&mut all);
    assert!(served[0].is_some() && served[1].is_some() && served[2].is_none());
    assert_eq!(bulkhead.metrics().waiting_calls, 1);
}

#[test]
fn those_who_wait_do_so_for_as_long_as_they_were_to() {
    let (bulkhead, time) = with_one_place(true);
    let _running = bulkhead.try_acquire().unwrap();
    let mut before = waiting(&bulkhead);
    set(&bulkhead, |config| config.max_wait_duration(MINUTE / 2));
    let mut after = waiting(&bulkhead);
    time.advance(MINUTE / 2);
    assert!(poll_once(before.as_mut()).is_pending());
    let Poll::Ready(Err(PolicyError::BulkheadFull(full))) = poll_once(after.as_mut()) else {
        panic!("its time is over")
    };
    assert_eq!(full.max_wait_duration, MINUTE / 2);
    set(&bulkhead, |config| config.max_wait_duration(Duration::ZERO));
    assert!(poll_once(pin!(bulkhead.acquire())).is_ready(), "at once");
    time.advance(MINUTE / 2);
    assert!(poll_once(before.as_mut()).is_ready());
}

#[test]
fn those_who_wait_keep_their_places_when_calls_are_served_in_turn_from_now_on() {
    let (bulkhead, _) = with_one_place(false);
    let running = bulkhead.try_acquire().unwrap();
    let mut all = [(); 3].map(|()| waiting(&bulkhead));
    set(&bulkhead, |config| config.fair_call_handling_enabled(true));
    assert!(bulkhead.config().is_fair_call_handling_enabled());
    running.complete();
    assert!(bulkhead.try_acquire().is_err(), "others come first");
    for turn in 0..3 {
        let mut served = served(&mut all[turn..]).into_iter();
        assert!(served.next().unwrap().is_some());
        assert!(served.all(|permit| permit.is_none()));
    }
    assert!(bulkhead.is_idle());
}

#[test]
fn one_who_was_called_has_the_place_when_calls_are_served_in_turn_from_now_on() {
    let (bulkhead, _) = with_one_place(false);
    let running = bulkhead.try_acquire().unwrap();
    let mut all = [(); 2].map(|()| waiting(&bulkhead));
    running.complete();
    set(&bulkhead, |config| config.fair_call_handling_enabled(true));
    assert!(bulkhead.try_acquire().is_err(), "it is given away");
    let served = served(&mut all);
    assert!(served[0].is_some() && served[1].is_none());
}

#[test]
fn those_who_were_called_and_find_the_places_taken_stand_first_and_as_they_stood() {
    let (bulkhead, _) = with_one_place(false);
    set(&bulkhead, |config| config.max_concurrent_calls(2));
    let [first, second] = [(); 2].map(|()| bulkhead.try_acquire().unwrap());
    let mut all = [(); 3].map(|()| waiting(&bulkhead));
    first.complete();
    second.complete();
    let newcomers = [(); 2].map(|()| bulkhead.try_acquire().unwrap());
    set(&bulkhead, |config| config.fair_call_handling_enabled(true));
    assert_eq!(bulkhead.metrics().waiting_calls, 3);
    // They come as they were called, in any order, and that changes no more.
    assert!(poll_once(all[1].as_mut()).is_pending());
    assert!(poll_once(all[0].as_mut()).is_pending());
    let mut newcomers = newcomers.into_iter();
    newcomers.next().unwrap().complete();
    let first = served(&mut all);
    assert!(first[0].is_some() && first[1].is_none() && first[2].is_none());
    newcomers.next().unwrap().complete();
    let second = served(&mut all[1..]);
    assert!(second[0].is_some() && second[1].is_none());
}

#[test]
fn one_who_was_called_is_woken_by_its_last_waker_after_the_rule_has_changed() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    #[derive(Default)]
    struct Bell(AtomicUsize);
    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    let (bulkhead, _) = with_one_place(false);
    let running = bulkhead.try_acquire().unwrap();
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(Arc::clone(&bell));
    let mut cx = Context::from_waker(&waker);
    let mut waits = Box::pin(bulkhead.acquire());
    assert!(waits.as_mut().poll(&mut cx).is_pending());
    running.complete();
    assert_eq!(bell.0.load(Ordering::SeqCst), 1);
    let newcomer = bulkhead.try_acquire().unwrap();
    set(&bulkhead, |config| config.fair_call_handling_enabled(true));
    assert!(waits.as_mut().poll(&mut cx).is_pending());
    newcomer.complete();
    assert_eq!(bell.0.load(Ordering::SeqCst), 2);
    assert!(waits.as_mut().poll(&mut cx).is_ready());
}

#[test]
fn whoever_has_been_given_a_place_keeps_it_when_newcomers_may_pass() {
    let (bulkhead, _) = with_one_place(true);
    let running = bulkhead.try_acquire().unwrap();
    let mut all = [(); 2].map(|()| waiting(&bulkhead));
    running.complete();
    set(&bulkhead, |config| config.fair_call_handling_enabled(false));
    assert!(bulkhead.try_acquire().is_err());
    let permit = served(&mut all)[0].take().unwrap();
    permit.complete();
    let newcomer = bulkhead.try_acquire().unwrap();
    assert!(
        poll_once(all[1].as_mut()).is_pending(),
        "passed, it waits on"
    );
    newcomer.complete();
    assert!(poll_once(all[1].as_mut()).is_ready());
}

#[test]
fn a_change_that_does_not_fit_changes_nothing() {
    let (bulkhead, _) = with_one_place(true);
    let before = bulkhead.config();
    let error = bulkhead
        .change_config(|config| {
            config
                .max_concurrent_calls(u32::MAX)
                .max_wait_duration(Duration::ZERO)
                .fair_call_handling_enabled(false)
        })
        .unwrap_err();
    assert_eq!(error.problems[0].setting, "max_concurrent_calls");
    assert_eq!(bulkhead.config(), before);
    set(&bulkhead, |config| config.max_concurrent_calls(2));
    assert_eq!(bulkhead.config().max_wait_duration(), MINUTE);
}

#[test]
fn what_was_changed_while_it_ran_stays_when_its_own_entry_changes() {
    let (bulkhead, _) = with_one_place(true);
    bulkhead.change_max_concurrent_calls(u32::MAX);
    bulkhead.change_max_wait_duration(MINUTE * 2);
    let own = BulkheadConfig::builder()
        .max_concurrent_calls(7)
        .max_wait_duration(Duration::ZERO)
        .fair_call_handling_enabled(false);
    let changes = bulkhead
        .membership()
        .change(&bulkhead, |layers| layers.own = Some(own.into()))
        .unwrap();
    let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, ["`fair_call_handling_enabled` from true to false"]);
    let config = bulkhead.config();
    assert_eq!(config.max_concurrent_calls(), 2_147_483_647);
    assert_eq!(config.max_wait_duration(), MINUTE * 2);
}

#[test]
fn a_wait_for_ever_is_no_change_of_one() {
    let (bulkhead, _) = with_one_place(true);
    bulkhead.change_max_wait_duration(Duration::MAX);
    assert_eq!(
        bulkhead.change_config(|config| config.max_wait_duration(Duration::MAX)),
        Ok(Vec::new())
    );
}

#[test]
fn a_setting_that_is_not_given_is_that_of_the_layer_below() {
    let below = BulkheadConfig::builder()
        .max_concurrent_calls(3)
        .max_wait_duration(MINUTE)
        .fair_call_handling_enabled(false);
    assert_eq!(BulkheadConfig::builder().over(&below), below);
    let above = BulkheadConfig::default().to_builder();
    assert_eq!(above.over(&below), above);
    let listed = BulkheadConfigBuilder::listed(&below.build().unwrap());
    assert_eq!(
        listed,
        [
            ("max_concurrent_calls", "3".to_owned()),
            ("max_wait_duration", "1m".to_owned()),
            ("fair_call_handling_enabled", "false".to_owned()),
        ]
    );
    let table = resilience_settings::bulkhead::SETTINGS;
    assert!(
        listed
            .iter()
            .map(|(name, _)| *name)
            .eq(table.iter().map(|setting| setting.name))
    );
}

#[test]
fn beginning_afresh_takes_no_place_from_a_call_that_runs_or_waits() {
    let (bulkhead, _) = with_one_place(true);
    let running = bulkhead.try_acquire().unwrap();
    let mut waits = waiting(&bulkhead);
    bulkhead.begin_afresh();
    assert!(bulkhead.try_acquire().is_err());
    assert_eq!(bulkhead.metrics().waiting_calls, 1);
    running.complete();
    assert!(matches!(poll_once(waits.as_mut()), Poll::Ready(Ok(_))));
    assert_eq!(bulkhead.metrics().available_concurrent_calls, 1);
}

#[test]
fn it_is_idle_while_no_call_runs_or_waits_or_is_about_to() {
    let (bulkhead, _) = with_one_place(false);
    assert!(bulkhead.is_idle());
    let running = bulkhead.try_acquire().unwrap();
    assert!(!bulkhead.is_idle(), "one runs");
    let mut waits = waiting(&bulkhead);
    running.complete();
    assert!(!bulkhead.is_idle(), "one is called");
    let newcomer = bulkhead.try_acquire().unwrap();
    assert!(poll_once(waits.as_mut()).is_pending());
    set(&bulkhead, |config| config.max_concurrent_calls(0));
    newcomer.complete();
    assert!(!bulkhead.is_idle(), "one waits");
    drop(waits);
    assert!(bulkhead.is_idle());
}

#[test]
fn handles_are_counted() {
    let (bulkhead, _) = with_one_place(true);
    assert_eq!(bulkhead.handles(), 1);
    let same = bulkhead.clone();
    assert_eq!(bulkhead.handles(), 2);
    drop(same);
    assert_eq!(bulkhead.handles(), 1);
}

#[test]
fn a_call_that_begins_to_wait_goes_by_the_settings_of_that_moment() {
    let (bulkhead, time) = with_one_place(true);
    let _running = bulkhead.try_acquire().unwrap();
    let mut call = pin!(bulkhead.call(poll_fn(|_| Poll::Ready(Ok::<_, ()>(42)))));
    set(&bulkhead, |config| config.max_wait_duration(MINUTE * 2));
    assert!(poll_once(call.as_mut()).is_pending());
    time.advance(MINUTE);
    assert!(poll_once(call.as_mut()).is_pending());
    set(&bulkhead, |config| config.max_concurrent_calls(2));
    assert_eq!(poll_once(call.as_mut()), Poll::Ready(Ok(42)));
}
