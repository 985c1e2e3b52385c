//! Futures, values that are no `Result`, several fallbacks and other attributes, closed and open.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU8, Ordering};

use shapes::error::{Answer, Error};
use shapes::instrumented::Traced;
use shapes::patterns::{DOWN, Service};
use shapes::values::Page;
use shapes::{free, futures, instrumented, patterns, run, values};

const REJECTED: Answer<u8> = Err(Error::Rejected);

#[tokio::test]
async fn functions_that_return_a_future() {
    run!("opaque", futures::opaque(1).await, Ok(1), REJECTED);
    run!("opaque_or", futures::opaque_or(1).await, Ok(1), Ok(101));
    run!(
        "opaque_borrowed",
        futures::opaque_borrowed("ab").await,
        Ok("ab"),
        Ok("a")
    );
    run!("boxed_future", futures::boxed(1).await, Ok(1), REJECTED);
    run!(
        "boxed_future_or",
        futures::boxed_or(1).await,
        Ok(1),
        Ok(101)
    );
    run!("named_future", futures::named(1).await, Ok(1), Ok(101));
    run!(
        "not_send",
        futures::not_send(Rc::new(1)).await,
        Ok(1),
        REJECTED
    );
    run!(
        "not_send_or",
        futures::not_send_or(Rc::new(1)).await,
        Ok(1),
        Ok(101)
    );
    run!(
        "not_sync",
        futures::not_sync(Cell::new(1)).await,
        Ok(1),
        Ok(101)
    );
}

#[tokio::test]
async fn functions_that_cannot_fail() {
    run!("option", values::option(1).await, Some(1), None);
    run!("option_plain", values::option_plain("ab"), Some("b"), None);
    run!("number", values::number(1).await, 1, 101);
    run!("number_plain", values::number_plain(1), 1, 101);
    let count = AtomicU8::new(0);
    run!("nothing", values::nothing(&count).await, (), ());
    run!("nothing_plain", values::nothing_plain(&count), (), ());
    assert_eq!(count.load(Ordering::Relaxed), 202);
    run!("own_type", values::own_type(1).await, Page(1), Page(0));
    run!("boxed_value", values::boxed_value(1).await, 1, 101);
    run!(
        "opaque_future_of_value",
        values::opaque_future_of_value(1).await,
        1,
        101
    );
    run!(
        "generic_value",
        values::generic_value(1).await,
        [1],
        Vec::<u8>::new()
    );
}

#[tokio::test]
async fn several_fallbacks() {
    assert_eq!(patterns::arms(DOWN).await, Ok(50));
    run!("arms", patterns::arms(Ok(1)).await, Ok(1), Ok(101));
    assert_eq!(patterns::arms_plain(DOWN), DOWN);
    run!("arms_plain", patterns::arms_plain(Ok(1)), Ok(1), Ok(101));
    assert_eq!(patterns::arms_unsure(DOWN).await, Ok(50));
    run!(
        "arms_unsure",
        patterns::arms_unsure(Ok(1)).await,
        Ok(1),
        REJECTED
    );
    assert_eq!(patterns::arms_boxed(REJECTED).await, REJECTED);
    run!(
        "arms_boxed",
        patterns::arms_boxed(Ok(1)).await,
        Ok(1),
        Ok(101)
    );
    assert_eq!(patterns::arms_opaque(DOWN).await, Ok(50));
    run!(
        "arms_opaque",
        patterns::arms_opaque(Ok(1)).await,
        Ok(1),
        Ok(101)
    );
    let mut service = Service(0);
    assert_eq!(service.arms(DOWN).await, Ok(50));
    run!("arms_method", service.arms(Ok(1)).await, Ok(1), Ok(102));
}

#[tokio::test]
async fn instrumented_functions() {
    run!("above", instrumented::above(1).await, Ok(1), REJECTED);
    run!("below", instrumented::below(1).await, Ok(1), REJECTED);
    let mut count = 0;
    run!(
        "above_or",
        instrumented::above_or(1, (2, 3), &mut count).await,
        Ok(6),
        Ok(103)
    );
    run!(
        "below_or",
        instrumented::below_or(1, (2, 3), &mut count).await,
        Ok(6),
        Ok(103)
    );
    assert_eq!(count, 4);
    run!("above_plain", instrumented::above_plain(1), Ok(1), Ok(101));
    run!("below_plain", instrumented::below_plain(1), Ok(1), Ok(101));
    run!("above_nothing", instrumented::above_value(1).await, 1, 0);
    run!("above_async_trait", 1.traced(1).await, Ok(2), Ok(101));
    run!(
        "below_async_trait",
        1.traced_inside(1).await,
        Ok(2),
        Ok(101)
    );
}

/// Whatever the fallback, a future is `Send` when the body's was.
#[tokio::test(flavor = "multi_thread")]
async fn futures_can_be_spawned() {
    async fn spawned<F>(future: F) -> F::Output
    where
        F: Future<Output: Send> + Send + 'static,
    {
        tokio::spawn(future).await.unwrap()
    }
    assert!(spawned(free::consumed("a".to_owned())).await.is_ok());
    assert!(spawned(free::consumed_or("a".to_owned())).await.is_ok());
    assert!(spawned(futures::opaque_or(1)).await.is_ok());
    assert!(spawned(futures::boxed_or(1)).await.is_ok());
    assert!(spawned(futures::not_sync(Cell::new(1))).await.is_ok());
    assert!(spawned(patterns::arms(Ok(1))).await.is_ok());
    assert!(spawned(patterns::arms_opaque(DOWN)).await.is_ok());
    assert_eq!(spawned(values::number(1)).await % 100, 1);
}
