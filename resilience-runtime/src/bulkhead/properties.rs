//! A sequence of operations on a semaphore does what it does on the model.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Wake, Waker};

use proptest::collection::vec;
use proptest::prelude::*;

use super::model::Model;
use super::semaphore::{Semaphore, Waiter};

#[derive(Debug, Clone, Copy)]
enum Operation {
    TryTake,
    /// Of a permit that is out, or of none.
    GiveBack,
    /// A new waiter, or an old one again.
    Poll(usize),
    GiveUp(usize),
    Drop(usize),
    /// Another limit, and another rule perhaps.
    Reshape(u32, bool),
}

const WAITERS: usize = 12;

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        4 => Just(Operation::TryTake),
        8 => Just(Operation::GiveBack),
        12 => (0..WAITERS).prop_map(Operation::Poll),
        2 => (0..WAITERS).prop_map(Operation::GiveUp),
        3 => (0..WAITERS).prop_map(Operation::Drop),
        2 => (0..6u32, any::<bool>()).prop_map(|(limit, is_fair)| Operation::Reshape(limit, is_fair)),
    ]
}

#[derive(Default)]
struct Bell {
    has_rung: AtomicBool,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.has_rung.store(true, Ordering::SeqCst);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_semaphore_does_what_its_model_does(
        limit in 0..5u32,
        is_fair: bool,
        operations in vec(operation(), 0..300),
    ) {
        let semaphore = Semaphore::new(limit, is_fair);
        let mut model = Model::new(limit, is_fair);
        let bells: Vec<_> = (0..WAITERS).map(|_| Arc::new(Bell::default())).collect();
        let mut waiters: Vec<Waiter<'_>> = (0..WAITERS).map(|_| semaphore.waiter()).collect();
        for operation in operations {
            let woken = match operation {
                Operation::TryTake => {
                    prop_assert_eq!(semaphore.try_take(), model.try_take());
                    Vec::new()
                }
                Operation::GiveBack => {
                    semaphore.give_back();
                    model.give_back()
                }
                Operation::Poll(who) => {
                    // A waker of its own at every poll: the last one counts.
                    let waker = Waker::from(Arc::clone(&bells[who]));
                    let has_permit = waiters[who].poll(&waker).is_ready();
                    prop_assert_eq!(has_permit, model.poll(who));
                    Vec::new()
                }
                Operation::GiveUp(who) => {
                    let (has_permit, woken) = model.give_up(who);
                    prop_assert_eq!(waiters[who].give_up(), has_permit);
                    woken
                }
                Operation::Drop(who) => {
                    waiters[who] = semaphore.waiter();
                    model.drop(who)
                }
                Operation::Reshape(limit, is_fair) => {
                    semaphore.reshape(limit, is_fair);
                    model.reshape(limit, is_fair)
                }
            };
            for (who, bell) in bells.iter().enumerate() {
                let has_rung = bell.has_rung.swap(false, Ordering::SeqCst);
                prop_assert_eq!(has_rung, woken.contains(&who), "waiter {}", who);
            }
            prop_assert_eq!(semaphore.permits(), (model.limit, model.free()));
            prop_assert_eq!(semaphore.waiting(), model.waiting());
            prop_assert_eq!(semaphore.is_fair(), model.is_fair);
            prop_assert_eq!(semaphore.is_at_rest(), model.is_at_rest());
        }
    }
}
