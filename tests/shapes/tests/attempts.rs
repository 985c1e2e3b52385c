//! Each shape under `retry` fails twice: its third attempt has all that the first had.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use shapes::attempts::{self, Job, Unique, Work};
use shapes::error::{Answer, Error};

const DOWN: Error = Error::Down;

/// Evaluates a call with a new counter, and says how often the body ran.
macro_rules! attempts {
    ($calls:ident => $call:expr, $answer:expr, $times:expr) => {{
        let counter = AtomicU8::new(0);
        let $calls = &counter;
        let answer = $call;
        assert_eq!(answer, $answer, stringify!($call));
        assert_eq!(counter.into_inner(), $times, stringify!($call));
    }};
}

fn text(text: &str) -> String {
    text.to_owned()
}

#[tokio::test]
async fn free_functions() {
    attempts!(calls => attempts::asynchronous(calls).await, Ok(3), 3);
    attempts!(calls => attempts::plain(calls), Ok(3), 3);
    attempts!(calls => attempts::recursive(2, calls), Ok(3), 3);
    attempts!(calls => attempts::borrowed("abc", calls).await, Ok("bc"), 3);
    attempts!(calls => attempts::generic(7, calls).await, Ok([7, 7]), 3);
    attempts!(calls => attempts::nested(text("a"), calls).await, Ok(text("a")), 3);
}

#[tokio::test]
async fn arguments() {
    let ab = || text("ab");
    attempts!(calls => attempts::consumed(ab(), calls).await, Ok((ab(), 3)), 3);
    attempts!(calls => attempts::consumed_plain(ab(), calls), Ok((ab(), 3)), 3);
    attempts!(calls => attempts::changed(ab(), calls).await, Ok(text("ab!")), 3);
    attempts!(calls => attempts::apart((ab(), 1), &(2, ab()), calls).await, Ok((text("abab"), 3)), 3);
    attempts!(calls => attempts::named_by_a_part((ab(), 1), calls).await, Ok(ab()), 3);
    attempts!(calls => attempts::unused(Unique, ab(), calls).await, Ok(3), 3);
    attempts!(calls => attempts::conditional(ab(), calls).await, Ok(ab()), 3);
    attempts!(calls => attempts::opaque_argument("ab", calls).await, Ok(ab()), 3);
}

#[tokio::test]
async fn exclusive_arguments() {
    let mut into = Vec::new();
    attempts!(calls => attempts::exclusive(&mut into, calls).await, Ok(3), 3);
    attempts!(calls => attempts::exclusive_plain(&mut into, calls), Ok(3), 3);
    assert_eq!(into, [1; 6]);
    let mut both = (0, 0);
    attempts!(calls => attempts::exclusive_apart(&mut both, calls).await, Ok(3), 3);
    assert_eq!(both, (3, 6));
    let mut into = Vec::new();
    attempts!(calls => attempts::boxed(&mut into, calls).await, Ok(3), 3);
    assert_eq!(into, [1; 3]);
}

#[tokio::test]
async fn classes() {
    attempts!(calls => attempts::poor_value(calls).await, Ok(3), 3);
    attempts!(calls => attempts::hopeless(calls).await, Err(DOWN), 1);
    attempts!(calls => attempts::hopeless_plain(calls), Err(DOWN), 1);
    attempts!(calls => attempts::value(calls).await, Some(3), 3);
}

#[tokio::test]
async fn fallbacks() {
    let mut into = Vec::new();
    attempts!(calls => attempts::answered(text("a"), &mut into, calls).await, Ok(text("a?")), 102);
    assert_eq!(into, [1, 1, 2]);
    into.clear();
    let answer = Ok(text("a"));
    attempts!(calls => attempts::answered_inside(text("a"), &mut into, calls).await, answer, 4);
    assert_eq!(into, [1, 2, 1, 2]);
}

#[tokio::test]
async fn futures() {
    attempts!(calls => attempts::opaque(text("a"), calls).await, Ok(text("a")), 3);
    let calls = AtomicU8::new(0);
    drop(attempts::opaque(text("a"), &calls));
    assert_eq!(
        calls.load(Ordering::Relaxed),
        0,
        "an attempt is made when the future is polled"
    );
}

#[tokio::test]
async fn receivers() {
    let mut job = Job(10);
    attempts!(calls => job.shared(calls).await, Ok(13), 3);
    attempts!(calls => job.clone().owned(calls).await, Ok(Job(10)), 3);
    attempts!(calls => job.clone().owned_plain(calls), Ok(Job(11)), 3);
    attempts!(calls => Arc::new(job.clone()).arc(calls).await, Ok(13), 3);
    attempts!(calls => Box::new(job.clone()).boxed(calls).await, Ok(13), 3);
    attempts!(calls => job.exclusive(text("a"), calls).await, Ok(text("a")), 2);
    assert_eq!(job, Job(112));
    attempts!(calls => Pin::new(&mut job).pinned(calls).await, Ok(3), 3);
    attempts!(calls => job.opaque(calls).await, Ok(3), 3);
    assert_eq!(job, Job(118));
}

#[tokio::test]
async fn methods_of_a_trait() {
    attempts!(calls => Job(10).twice(calls), Ok(23), 3);
    attempts!(calls => Job(10).once(calls).await, Ok(13), 3);
}

#[test]
fn the_futures_are_send() {
    fn send<F: Future<Output = Answer<String>> + Send>(_: F) {}
    let calls = AtomicU8::new(0);
    send(attempts::changed(text("a"), &calls));
    send(attempts::answered(text("a"), &mut Vec::new(), &calls));
    send(attempts::answered_inside(
        text("a"),
        &mut Vec::new(),
        &calls,
    ));
    send(attempts::opaque(text("a"), &calls));
    send(Job(1).exclusive(text("a"), &calls));
}
