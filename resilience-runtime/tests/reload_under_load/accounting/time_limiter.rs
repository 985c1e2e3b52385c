//! What a time limiter counts.

use std::future::{Future, pending, poll_fn, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilience4rs::{Clock, Failure, PolicyError, Registry};

use super::{Load, reload, sum, vary};

/// The longest limit.
const LONGEST: Duration = Duration::from_secs(9);

type Outcome = Result<u64, u64>;

#[derive(Debug, Default)]
struct Tally {
    successful: u64,
    failed: u64,
    timed_out: u64,
}

impl Tally {
    /// Counts what came of a call.
    fn count(&mut self, outcome: Result<u64, Failure<u64>>) {
        match outcome {
            Ok(_) => self.successful += 1,
            Err(Failure::Call(_)) => self.failed += 1,
            Err(Failure::Policy(PolicyError::TimedOut(_))) => self.timed_out += 1,
            Err(other) => panic!("{other}"),
        }
    }
}

/// What came of it, if it is over.
fn poll<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    }
}

/// Ready at its second poll.
async fn at_second_poll(number: u64) -> Outcome {
    let mut polls = 0;
    poll_fn(|_| {
        polls += 1;
        if polls > 1 {
            Poll::Ready(Ok(number))
        } else {
            Poll::Pending
        }
    })
    .await
}

/// Of ten calls one fails, one is ready at its second poll, one never is, and one neither, but is dropped
/// while it runs, which counts as nothing. Either caller moves the time, so that the other's may be over
/// as well.
pub(super) fn calls(load: Load) -> String {
    let time = Clock::manual();
    let registry = Registry::builder().clock(&time).build();
    let limiter = registry.time_limiter("loaded");
    let change = |change: u64| {
        let settings = format!("timeoutDuration: {}s", vary(change, 1, LONGEST.as_secs()));
        reload(&registry, "timelimiter", &settings);
        limiter
            .change_config(|config| config.cancel_running_future(change.is_multiple_of(2)))
            .unwrap();
    };
    change(load.changes + 1);
    let call = |tally: &mut Tally, number: u64| match number % 10 {
        0 => tally.count(poll(pin!(limiter.call(ready(Err(number))))).unwrap()),
        1 => {
            let mut later = pin!(limiter.call(at_second_poll(number)));
            let outcome = poll(later.as_mut()).or_else(|| poll(later));
            tally.count(outcome.unwrap());
        }
        2 => {
            let mut never = pin!(limiter.call(pending::<Outcome>()));
            let outcome = poll(never.as_mut()).or_else(|| {
                time.advance(LONGEST);
                poll(never)
            });
            tally.count(outcome.unwrap());
        }
        3 => {
            if let Some(outcome) = poll(pin!(limiter.call(pending::<Outcome>()))) {
                tally.count(outcome);
            }
        }
        _ => tally.count(poll(pin!(limiter.call(ready(Ok(number))))).unwrap()),
    };
    let tallies = load.run(call, change);
    let metrics = limiter.metrics();
    let count = |of: fn(&Tally) -> u64| sum(&tallies, of);
    assert_eq!(metrics.successful_calls, count(|tally| tally.successful));
    assert_eq!(metrics.failed_calls, count(|tally| tally.failed));
    assert_eq!(metrics.timed_out_calls, count(|tally| tally.timed_out));
    assert_eq!(metrics.failed_calls, load.calls / 10);
    assert!(metrics.timed_out_calls >= load.calls / 10);
    format!(
        "{} well, {} failed, {} out of time",
        metrics.successful_calls, metrics.failed_calls, metrics.timed_out_calls
    )
}
