//! Each shape under a rate limiter, a bulkhead or a time limiter, within the limit and beyond it.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::future::{pending, poll_fn, ready};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Waker};

use resilience4rs::Registry;
use shapes::error::{Answer, Error};
use shapes::limited::{self, Client, Service};
use tokio::sync::oneshot;

const REJECTED: Answer<u8> = Err(Error::Rejected);

fn text(text: &str) -> String {
    text.to_owned()
}

#[tokio::test]
async fn rate_limiters() {
    assert_eq!(limited::rated(1).await, Ok(1));
    assert_eq!(limited::rated(2).await, Ok(2));
    assert_eq!(limited::rated(3).await, REJECTED);
    assert_eq!(limited::rated_plain(text("a")), Ok(text("a")));
    assert_eq!(limited::rated_plain(text("b")), Ok(text("b")));
    assert_eq!(limited::rated_plain(text("c")), Ok(text("c later")));
    assert_eq!(limited::weighed((7, text("a"))).await, Ok(text("a")));
    assert_eq!(
        limited::weighed((4, text("b"))).await,
        Err(Error::Rejected),
        "three are left"
    );
    assert_eq!(limited::weighed((3, text("c"))).await, Ok(text("c")));
}

#[test]
fn bulkheads() {
    let mut context = Context::from_waker(Waker::noop());
    let mut inside = pin!(limited::housed(pending()));
    assert!(inside.as_mut().poll(&mut context).is_pending());
    let beside = pin!(limited::housed(ready(2)));
    assert_eq!(beside.poll(&mut context), Poll::Ready(REJECTED));
    let mut inside = Box::pin(limited::housed(ready(3)));
    assert_eq!(inside.as_mut().poll(&mut context), Poll::Ready(REJECTED));
    let nested = || limited::housed_plain(|| Ok(1));
    assert_eq!(limited::housed_plain(nested), REJECTED);
    assert_eq!(nested(), Ok(1));
    let nowhere = pin!(limited::nowhere("no places"));
    assert_eq!(nowhere.poll(&mut context), Poll::Ready(Some(100)));
}

#[tokio::test]
async fn time_limiters() {
    assert_eq!(limited::timed(ready(1)).await, Ok(1));
    assert_eq!(limited::timed(pending()).await, REJECTED);
    assert_eq!(limited::timed_opaque(ready(1)).await, Ok(1));
    assert_eq!(limited::timed_opaque(pending()).await, REJECTED);
    assert_eq!(limited::timed_boxed("abc").await, Ok(3));
}

#[tokio::test]
async fn calls_that_are_let_go() {
    let (end, ended) = oneshot::channel::<()>();
    let calls = Arc::new(AtomicU8::new(0));
    let call = limited::let_go(
        async {
            ended.await.unwrap();
        },
        Arc::clone(&calls),
    );
    assert_eq!(call.await, REJECTED);
    assert_eq!(calls.load(Ordering::Relaxed), 0);
    end.send(()).unwrap();
    poll_fn(|context| {
        if calls.load(Ordering::Relaxed) == 1 {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[tokio::test]
async fn thread_pools() {
    let client = Arc::new(Client(text("client")));
    assert_eq!(
        Arc::clone(&client).pooled(text("key")).await,
        Ok(text("client key bulkhead-pooled-1"))
    );
    let inside = Registry::global().circuit_breaker("key");
    assert_eq!(inside.metrics().successful_calls, 1);
    let calls = Arc::new(AtomicU8::new(0));
    let answer = client.pooled_again(text("again"), Arc::clone(&calls)).await;
    assert_eq!(answer, Ok(text("again")));
    assert_eq!(calls.load(Ordering::Relaxed), 3);
    let inside = Registry::global().circuit_breaker("again");
    assert_eq!(inside.metrics().failed_calls, 2);
}

#[tokio::test]
async fn blocks() {
    let mut service = Service;
    assert_eq!(service.both(1).await, Ok(1));
    assert_eq!(service.plain(2), Ok(2));
    assert_eq!(service.own(3).await, Ok(3));
    let registry = Registry::global();
    let names: Vec<_> = registry
        .bulkheads()
        .iter()
        .map(|bulkhead| bulkhead.name().to_owned())
        .collect();
    assert!(names.contains(&text("service")) && names.contains(&text("own places")));
}
