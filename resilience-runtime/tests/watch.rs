//! Files that change while a service runs.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use resilience_runtime::configuration::{Configuration, Watch, WatchError, WatchEvent};
use resilience_runtime::{Bulkhead, Registry};

/// Nothing waits this long but a test that fails.
const LONG: Duration = Duration::from_secs(60);

fn calls(count: u32) -> String {
    format!("resilience4j.bulkhead.instances.payments.maxConcurrentCalls: {count}\n")
}

fn limit(bulkhead: &Bulkhead) -> u32 {
    bulkhead.config().max_concurrent_calls()
}

fn watched(registry: &Registry, path: &Path) -> (Watch, Receiver<WatchEvent>) {
    let (told, events) = channel();
    let loader = Configuration::loader().file(path);
    let watch = registry
        .watch(loader, move |event| told.send(event).unwrap())
        .unwrap();
    (watch, events)
}

#[test]
fn a_file_that_is_written_or_replaced_is_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("application.yml");
    fs::write(&path, calls(5)).unwrap();
    let registry = Registry::new();
    let (_watch, events) = watched(&registry, &path);
    let bulkhead = registry.find_bulkhead("payments").unwrap();
    assert_eq!(limit(&bulkhead), 5);

    fs::write(&path, calls(6)).unwrap();
    let event = events.recv_timeout(LONG).unwrap();
    assert!(matches!(event, WatchEvent::Reloaded(_)), "{event:?}");
    assert_eq!(limit(&bulkhead), 6);

    let next = directory.path().join("next");
    fs::write(&next, calls(7)).unwrap();
    fs::rename(&next, &path).unwrap();
    let event = events.recv_timeout(LONG).unwrap();
    assert!(matches!(event, WatchEvent::Reloaded(_)), "{event:?}");
    assert_eq!(limit(&bulkhead), 7);
}

#[test]
fn a_file_that_is_wrong_changes_nothing_and_is_reported_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("application.yml");
    fs::write(&path, calls(5)).unwrap();
    let registry = Registry::new();
    let (watch, events) = watched(&registry, &path);
    let bulkhead = registry.find_bulkhead("payments").unwrap();

    fs::write(
        &path,
        format!(
            "{}resilience4j.retry.instances.payments.maxAttempt: 3\n",
            calls(9)
        ),
    )
    .unwrap();
    watch.read_now();
    watch.read_now();
    let WatchEvent::Refused(refused) = events.recv_timeout(LONG).unwrap() else {
        panic!("it is wrong");
    };
    assert!(
        refused.to_string().contains("did you mean `maxAttempts`?"),
        "{refused}"
    );
    assert_eq!(limit(&bulkhead), 5);

    fs::write(&path, calls(5)).unwrap();
    watch.read_now();
    let event = events.recv_timeout(LONG).unwrap();
    assert!(
        matches!(event, WatchEvent::Reloaded(ref none) if none.changes.is_empty()),
        "{event:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_link_that_is_turned_to_another_directory_is_followed_as_kubernetes_turns_it() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    for (version, count) in [("v1", 5), ("v2", 8)] {
        fs::create_dir(at(version)).unwrap();
        fs::write(at(version).join("application.yml"), calls(count)).unwrap();
    }
    std::os::unix::fs::symlink("v1", at("..data")).unwrap();
    std::os::unix::fs::symlink("..data/application.yml", at("application.yml")).unwrap();
    let registry = Registry::new();
    let (_watch, events) = watched(&registry, &at("application.yml"));
    let bulkhead = registry.find_bulkhead("payments").unwrap();
    assert_eq!(limit(&bulkhead), 5);

    std::os::unix::fs::symlink("v2", at("..data_tmp")).unwrap();
    fs::rename(at("..data_tmp"), at("..data")).unwrap();
    let event = events.recv_timeout(LONG).unwrap();
    assert!(matches!(event, WatchEvent::Reloaded(_)), "{event:?}");
    assert_eq!(limit(&bulkhead), 8);
}

#[test]
fn files_are_followed_on_when_who_is_told_panics() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("application.yml");
    fs::write(&path, calls(5)).unwrap();
    let registry = Registry::new();
    let (tell, told) = channel();
    let _watch = registry
        .watch(Configuration::loader().file(&path), move |_| {
            tell.send(()).unwrap();
            panic!("as the test wants it");
        })
        .unwrap();
    let bulkhead = registry.find_bulkhead("payments").unwrap();
    for count in [6, 7] {
        fs::write(&path, calls(count)).unwrap();
        told.recv_timeout(LONG).unwrap();
        assert_eq!(limit(&bulkhead), count);
    }
}

#[test]
fn nothing_is_read_any_more_when_the_watch_is_over() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("application.yml");
    fs::write(&path, calls(5)).unwrap();
    let registry = Registry::new();
    let (watch, events) = watched(&registry, &path);
    drop(watch);
    fs::write(&path, calls(6)).unwrap();
    assert!(
        events.recv_timeout(LONG).is_err(),
        "the thread has ended, and what it told with it"
    );
    assert_eq!(limit(&registry.bulkhead("payments")), 5);
}

#[test]
fn a_file_that_is_not_there_or_wrong_from_the_start_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("application.yml");
    let watch = || {
        let loader = Configuration::loader().file(&path);
        Registry::new().watch(loader, |_| {}).unwrap_err()
    };
    assert!(matches!(watch(), WatchError::Refused(_)));
    fs::write(&path, "resilience4j: [").unwrap();
    assert!(matches!(watch(), WatchError::Refused(_)));

    let nowhere = directory.path().join("nowhere").join("application.yml");
    let error = Registry::new()
        .watch(Configuration::loader().file(nowhere), |_| {})
        .unwrap_err();
    assert!(error.to_string().starts_with("cannot watch "), "{error}");
}
