//! The writer of journal and book by itself.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Waker};

use crate::group_commit::GroupCommit;

#[test]
fn what_nobody_waits_for_is_committed_before_the_thread_is_left() {
    let committed = Arc::new(AtomicUsize::new(0));
    // Nothing is committed before the book is about to be left.
    let (leaving, until_left) = mpsc::channel::<()>();
    let book = GroupCommit::start("book", {
        let committed = Arc::clone(&committed);
        move |changes: Vec<()>| {
            let _ = until_left.recv();
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
    drop(leaving);
    drop(book);
    assert_eq!(committed.load(Ordering::Relaxed), 3);
}
