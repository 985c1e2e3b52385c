//! The writer of journal and book by itself.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use crate::group_commit::GroupCommit;

#[test]
fn what_nobody_waits_for_is_committed_before_the_thread_is_left() {
    let committed = Arc::new(AtomicUsize::new(0));
    let book = GroupCommit::start("book", {
        let committed = Arc::clone(&committed);
        move |changes: Vec<()>| {
            thread::sleep(Duration::from_millis(100));
            committed.fetch_add(changes.len(), Ordering::Relaxed);
            Ok::<_, Infallible>(changes)
        }
    });
    let book = book.unwrap();
    for _ in 0..3 {
        let mut charge = pin!(book.submit(()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(charge.as_mut().poll(&mut context).is_pending());
    }
    drop(book);
    assert_eq!(committed.load(Ordering::Relaxed), 3);
}
