//! What a rate limiter lets through.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilience4rs::{Clock, ManualClock, RateLimiter, Registry};

use super::{Load, reload, sum, vary};

const SECTION: &str = "ratelimiter";

const HOUR: Duration = Duration::from_secs(3_600);

fn limiter() -> (Registry, RateLimiter, ManualClock) {
    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).build();
    let limiter = registry.rate_limiter("loaded");
    (registry, limiter, time)
}

fn change_by_hand(limiter: &RateLimiter, timeout: Duration) {
    limiter
        .change_config(|config| config.timeout_duration(timeout))
        .unwrap();
}

/// Begins a period, with its first permit: it is the first call in it that finds its limit.
fn begin_period(limiter: &RateLimiter, time: &ManualClock) -> u64 {
    time.advance(HOUR);
    limiter.try_acquire().unwrap();
    1
}

/// The callers are let through as often as the running period allows, and no more often.
fn let_through(load: Load, limiter: &RateLimiter, change: impl FnMut(u64)) -> u64 {
    let call = |granted: &mut u64, _| *granted += u64::from(limiter.try_acquire().is_ok());
    sum(&load.run(call, change), |granted| *granted)
}

/// Time stands still. Other limits are for later periods, and another period begins with what is left.
pub(super) fn one_period(load: Load) -> String {
    let (registry, limiter, time) = limiter();
    let limit = load.calls / 5;
    let change = |change: u64| {
        let settings = format!(
            "limitForPeriod: {}, limitRefreshPeriod: {}s",
            limit + vary(change, 0, limit),
            vary(change, 1, 100),
        );
        reload(&registry, SECTION, &settings);
        change_by_hand(&limiter, Duration::from_secs(vary(change, 0, 9)));
    };
    let settings = format!("limitForPeriod: {limit}, limitRefreshPeriod: 1h");
    reload(&registry, SECTION, &settings);
    let granted = begin_period(&limiter, &time) + let_through(load, &limiter, change);
    assert_eq!(granted, limit);
    assert_eq!(limiter.available_permissions(), 0);
    format!("{granted} let through of a limit of {limit}")
}

/// Each period lets through what the limit was when it began, whatever changes while it runs.
pub(super) fn many_periods(load: Load) -> String {
    const PERIODS: u64 = 20;
    let (registry, limiter, time) = limiter();
    let round = load.part(PERIODS);
    let most = round.calls / 2;
    let (mut limit, mut all) = (most, 0);
    reload(
        &registry,
        SECTION,
        &format!("limitForPeriod: {limit}, limitRefreshPeriod: 1h"),
    );
    for period in 0..PERIODS {
        let first = begin_period(&limiter, &time);
        let next = Cell::new(limit);
        let hours = vary(period, 1, 9);
        let granted = let_through(round, &limiter, |change| {
            // The period changes once, while limits are so high that they take nothing away.
            let (limit, hours) = if change * 2 < round.changes {
                (most + vary(change, 1, most), hours)
            } else {
                (vary(change + period, 1, most), hours)
            };
            next.set(limit);
            let settings = format!("limitForPeriod: {limit}, limitRefreshPeriod: {hours}h");
            reload(&registry, SECTION, &settings);
            change_by_hand(&limiter, Duration::from_secs(vary(change, 0, 9)));
        });
        assert_eq!(first + granted, limit, "in period {period}");
        all += limit;
        limit = next.get();
        time.advance(HOUR * 8);
    }
    format!("{all} let through in {PERIODS} periods, each its limit")
}

#[derive(Debug, Default)]
struct Tally {
    granted: u64,
    given_back: u64,
    refused: u64,
}

/// Callers reserve permits of later periods and go away before these come. All of that comes back.
pub(super) fn reservations_that_are_dropped(load: Load) -> String {
    const LIMIT: u64 = 1_000;
    let (registry, limiter, time) = limiter();
    let change = |limit: u64, change: u64| {
        let settings = format!("limitForPeriod: {limit}, limitRefreshPeriod: 1h");
        reload(&registry, SECTION, &settings);
        change_by_hand(&limiter, HOUR * u32::try_from(vary(change, 1, 3)).unwrap());
    };
    change(LIMIT, 0);
    let first = begin_period(&limiter, &time);
    let call = |tally: &mut Tally, _| {
        let mut waits = Vec::new();
        for _ in 0..2 {
            let mut acquiring = Box::pin(limiter.acquire(1));
            match poll(acquiring.as_mut()) {
                Some(true) => tally.granted += 1,
                Some(false) => tally.refused += 1,
                None => waits.push(acquiring),
            }
        }
        tally.given_back += waits.len() as u64;
    };
    let tallies = load.run(call, |number| change(vary(number, 5, LIMIT), number));
    let count = |of: fn(&Tally) -> u64| sum(&tallies, of);
    let (granted, given_back) = (
        count(|tally| tally.granted),
        count(|tally| tally.given_back),
    );
    assert_eq!(first + granted, LIMIT);
    assert_eq!(
        granted + given_back + count(|tally| tally.refused),
        2 * load.calls
    );
    assert_eq!(limiter.metrics().number_of_waiting_threads, 0);
    change(LIMIT, 0);
    for period in 0..5 {
        time.advance(HOUR);
        let mut granted = 0;
        while limiter.try_acquire().is_ok() {
            granted += 1;
        }
        assert_eq!(granted, LIMIT, "{period} periods later");
    }
    format!("{LIMIT} let through, {given_back} reserved and given back; later periods whole")
}

/// Whether a call is let through, if that is known already.
fn poll<E>(acquiring: Pin<&mut impl Future<Output = Result<(), E>>>) -> Option<bool> {
    let mut context = Context::from_waker(Waker::noop());
    match acquiring.poll(&mut context) {
        Poll::Ready(admitted) => Some(admitted.is_ok()),
        Poll::Pending => None,
    }
}
