//! A registry in the place of the global one.

use resilience_runtime::Registry;

#[test]
fn the_last_that_was_entered_counts_until_it_is_left() {
    let (outer, inner) = (Registry::new(), Registry::new());
    let is_current = |name: &str| Registry::current().find_bulkhead(name).is_some();
    outer.bulkhead("outer");
    inner.bulkhead("inner");
    let in_outer = outer.enter();
    assert!(is_current("outer"));
    let in_inner = inner.enter();
    assert!(is_current("inner") && !is_current("outer"));
    drop(in_inner);
    assert!(is_current("outer"));
    drop(in_outer);
    assert!(!is_current("outer"));
}

#[test]
fn another_thread_has_not_entered_it() {
    let registry = Registry::new();
    registry.bulkhead("mine");
    let _entered = registry.enter();
    let there = std::thread::spawn(|| Registry::current().find_bulkhead("mine").is_some());
    assert!(!there.join().unwrap());
}

#[test]
fn a_panic_leaves_it() {
    let registry = Registry::new();
    registry.bulkhead("mine");
    let panicked = std::panic::catch_unwind(|| {
        let _entered = registry.enter();
        panic!("in the middle");
    });
    assert!(panicked.is_err());
    assert!(Registry::current().find_bulkhead("mine").is_none());
}

#[tokio::test]
async fn a_scope_goes_with_its_future_and_with_no_other() {
    let (one, other) = (Registry::new(), Registry::new());
    let work = |name: &'static str| async move {
        for _ in 0..3 {
            tokio::task::yield_now().await;
            Registry::current().bulkhead(name);
        }
    };
    tokio::join!(one.scope(work("in one")), other.scope(work("in other")));
    let names = |registry: &Registry| -> Vec<String> {
        registry
            .bulkheads()
            .iter()
            .map(|one| one.name().to_owned())
            .collect()
    };
    assert_eq!(names(&one), ["in one"]);
    assert_eq!(names(&other), ["in other"]);
    assert!(Registry::current().find_bulkhead("in one").is_none());
}
