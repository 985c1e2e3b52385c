//! A span, and who listens, go with a call to other threads.

use std::sync::mpsc;
use std::time::Duration;

use resilience4rs::{Clock, Registry, bulkhead, circuit_breaker, retry};
use tracing::instrument::WithSubscriber;
use tracing::{Instrument, info_span};

use crate::recording::Recording;
use crate::{Answer, CallError, start};

fn in_runtime<F: Future + Send + 'static>(call: F) -> F::Output
where
    F::Output: Send,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    // In a task of its own: it is to be `Send`.
    let call = runtime.spawn(call.with_current_subscriber());
    runtime.block_on(call).unwrap()
}

#[bulkhead("pool", kind = "thread_pool", registry = registry)]
async fn on_a_thread(registry: Registry, end: Option<u8>) -> Answer {
    let _working = info_span!("work").entered();
    match end {
        Some(255) => panic!("as it is to"),
        Some(answer) => Ok(answer),
        None => Err(CallError::Down),
    }
}

#[test]
fn on_a_thread_of_a_pool() {
    for (end, outcome) in [(Some(1), "success"), (None, "failure")] {
        let (recording, _guard, registry, _) = start();
        let call = on_a_thread(registry, end).instrument(info_span!("caller"));
        let _ = in_runtime(call);
        assert_eq!(
            recording.tree(&["name", "outcome"]),
            format!("caller\n  thread_pool_bulkhead name=pool outcome={outcome}\n    work\n")
        );
        recording.assert_none_entered();
    }
}

#[test]
fn a_panic_on_a_thread_of_a_pool() {
    let (recording, _guard, registry, _) = start();
    let call = async move {
        tokio::spawn(on_a_thread(registry, Some(255)).with_current_subscriber()).await
    };
    assert!(in_runtime(call).unwrap_err().is_panic());
    let span = recording.span("thread_pool_bulkhead");
    assert_eq!(span.fields["outcome"], "panicked");
    recording.assert_none_entered();
}

#[test]
fn rejected_by_a_pool() {
    let (recording, _guard, registry, _) = start();
    let pool = registry.thread_pool_bulkhead("pool");
    pool.shutdown();
    let rejected = in_runtime(async move { pool.call(async { Ok::<_, CallError>(1) }).await });
    assert!(rejected.is_err());
    let span = recording.span("thread_pool_bulkhead");
    assert_eq!(span.fields["outcome"], "rejected");
    assert_eq!(
        recording.lines()[0].fields["policy"],
        "thread_pool_bulkhead"
    );
}

/// Whoever is deaf to our spans has its own nest nevertheless.
#[test]
fn the_callers_span_goes_along_without_ours() {
    use tracing::level_filters::LevelFilter;
    use tracing_subscriber::layer::SubscriberExt;

    let recording = Recording::default();
    let subscriber = tracing_subscriber::registry()
        .with(LevelFilter::INFO)
        .with(recording.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let call = on_a_thread(Registry::new(), Some(1)).instrument(info_span!("caller"));
    assert_eq!(in_runtime(call), Ok(1));
    assert_eq!(recording.tree(&[]), "caller\n  work\n");
}

#[retry("spawned", registry = registry, wait_duration = "1ms")]
#[circuit_breaker("spawned", registry = registry)]
async fn spawned(registry: &Registry, failures: mpsc::Sender<()>) -> Answer {
    tokio::task::yield_now().await;
    failures.send(()).map_err(|_| CallError::Down)?;
    tokio::task::yield_now()
        .instrument(info_span!("work"))
        .await;
    Err(CallError::Slow)
}

#[test]
fn spawned_on_several_threads() {
    let (recording, _guard) = Recording::start();
    let registry = Registry::builder().clock(Clock::system()).build();
    let (failures, seen) = mpsc::channel();
    let call = async move { spawned(&registry, failures).await };
    let call = call.instrument(info_span!("caller"));
    assert_eq!(in_runtime(call), Err(CallError::Slow));
    assert_eq!(seen.try_iter().count(), 3);
    let attempt = |number| {
        format!(
            "    retry_attempt attempt={number} outcome=failure\n      circuit_breaker outcome=failure\n        work\n"
        )
    };
    assert_eq!(
        recording.tree(&["attempt", "outcome"]),
        format!(
            "caller\n  retry outcome=retries_exhausted\n{}{}{}",
            attempt(1),
            attempt(2),
            attempt(3)
        )
    );
    recording.assert_all_over();
}

/// What runs on in the background is in the span that gave up on it.
#[test]
fn a_call_that_is_detached() {
    let (recording, _guard, registry, clock) = start();
    let limiter = registry.time_limiter_with("it", |config| {
        config.timeout_duration(Duration::from_secs(1))
    });
    let limiter = limiter.unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (finish, is_finished) = tokio::sync::oneshot::channel();
        let (done, is_done) = tokio::sync::oneshot::channel();
        let mut call = Box::pin(limiter.call_detaching(async move {
            is_finished.await.unwrap();
            drop(info_span!("late"));
            done.send(()).unwrap();
            Ok::<_, CallError>(1)
        }));
        assert!(crate::poll(call.as_mut()).is_pending());
        clock.advance(Duration::from_secs(2));
        assert!(crate::poll(call.as_mut()).is_ready());
        drop(call);
        finish.send(()).unwrap();
        is_done.await.unwrap();
    });
    assert_eq!(
        recording.tree(&["outcome"]),
        "time_limiter outcome=timed_out\n  late\n"
    );
}
