//! All five policies on one function, in several orders: who is asked first, and who hears of the
//! outcome when.

use std::sync::atomic::{AtomicU32, Ordering};

use resilience4rs::{bulkhead, rate_limiter, retry, time_limiter};

use super::*;

/// What the policies of a registry announce, and what the body says.
struct Log {
    registry: Registry,
    lines: Arc<Mutex<Vec<String>>>,
    calls: AtomicU32,
}

impl Log {
    fn new() -> Self {
        let registry = registry();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let note = |policy: &'static str| {
            let lines: Arc<Mutex<Vec<String>>> = Arc::clone(&lines);
            move |kind: String| {
                let word = kind.split([' ', '(', '{']).next().unwrap_or_default();
                lines.lock().unwrap().push(format!("{policy} {word}"));
            }
        };
        let say = note("retry");
        let waiting = registry.retry_with("five", |config| config.wait_duration(Duration::ZERO));
        waiting
            .unwrap()
            .on_event(move |event| say(format!("{:?}", event.kind)));
        let say = note("breaker");
        let breaker = registry.circuit_breaker("five");
        breaker.on_event(move |event| say(format!("{:?}", event.kind)));
        let say = note("rate");
        let limiter = registry.rate_limiter("five");
        limiter.on_event(move |event| say(format!("{:?}", event.kind)));
        let say = note("time");
        let limiter = registry.time_limiter("five");
        limiter.on_event(move |event| say(format!("{:?}", event.kind)));
        let say = note("bulkhead");
        let bulkhead = registry.bulkhead("five");
        bulkhead.on_event(move |event| say(format!("{:?}", event.kind)));
        Self {
            registry,
            lines,
            calls: AtomicU32::new(0),
        }
    }

    /// Fails the first time.
    fn body(&self) -> Result<u32, PolicyFailure> {
        self.lines.lock().unwrap().push("body".to_owned());
        match self.calls.fetch_add(1, Ordering::Relaxed) {
            0 => Err(PolicyFailure::None),
            call => Ok(call),
        }
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

#[derive(Debug, PartialEq)]
enum PolicyFailure {
    None,
    Of(&'static str),
}

impl From<PolicyError> for PolicyFailure {
    fn from(error: PolicyError) -> Self {
        Self::Of(match error {
            PolicyError::CircuitOpen(_) => "breaker",
            PolicyError::RateLimited(_) => "rate",
            PolicyError::BulkheadFull(_) => "bulkhead",
            PolicyError::TimedOut(_) => "time",
            PolicyError::RetriesExhausted(_) => "retry",
            _ => "another",
        })
    }
}

/// The order that Resilience4j has unless told otherwise.
#[retry("five", registry = log.registry)]
#[circuit_breaker("five", registry = log.registry)]
#[rate_limiter("five", registry = log.registry)]
#[time_limiter("five", registry = log.registry)]
#[bulkhead("five", registry = log.registry)]
async fn usual(log: &Log) -> Result<u32, PolicyFailure> {
    tokio::task::yield_now().await;
    log.body()
}

#[bulkhead("five", registry = log.registry)]
#[time_limiter("five", registry = log.registry)]
#[rate_limiter("five", registry = log.registry)]
#[circuit_breaker("five", registry = log.registry)]
#[retry("five", registry = log.registry)]
async fn reversed(log: &Log) -> Result<u32, PolicyFailure> {
    tokio::task::yield_now().await;
    log.body()
}

#[rate_limiter("five", registry = log.registry)]
#[retry("five", registry = log.registry)]
#[bulkhead("five", registry = log.registry)]
#[circuit_breaker("five", registry = log.registry)]
#[time_limiter("five", registry = log.registry)]
fn mixed<'a>(
    log: &'a Log,
) -> Pin<Box<dyn Future<Output = Result<u32, PolicyFailure>> + Send + 'a>> {
    Box::pin(async {
        tokio::task::yield_now().await;
        log.body()
    })
}

#[circuit_breaker("five", registry = log.registry)]
#[retry("five", registry = log.registry)]
#[rate_limiter("five", registry = log.registry)]
#[bulkhead("five", registry = log.registry)]
fn plain(log: &Log) -> Result<u32, PolicyFailure> {
    log.body()
}

const RATE: &str = "rate SuccessfulAcquire";
const PLACE: &str = "bulkhead CallPermitted";
const PLACE_AGAIN: &str = "bulkhead CallFinished";
const AGAIN: &str = "retry Retry";

#[tokio::test]
async fn the_usual_order() {
    let log = Log::new();
    assert_eq!(sendable(usual(&log)).await, Ok(1));
    let first = [
        RATE,
        PLACE,
        "body",
        PLACE_AGAIN,
        "time Error",
        "breaker Error",
    ];
    let second = [
        RATE,
        PLACE,
        "body",
        PLACE_AGAIN,
        "time Success",
        "breaker Success",
    ];
    let lines = [&first[..], &[AGAIN], &second[..], &["retry Success"]].concat();
    assert_eq!(log.lines(), lines);
}

#[tokio::test]
async fn the_order_reversed() {
    let log = Log::new();
    assert_eq!(sendable(reversed(&log)).await, Ok(1));
    let inside = ["body", AGAIN, "body", "retry Success"];
    let outside = ["breaker Success", "time Success", PLACE_AGAIN];
    assert_eq!(
        log.lines(),
        [&[PLACE, RATE][..], &inside, &outside].concat()
    );
}

#[tokio::test]
async fn another_order_around_a_boxed_future() {
    let log = Log::new();
    assert_eq!(sendable(mixed(&log)).await, Ok(1));
    let first = [PLACE, "body", "time Error", "breaker Error", PLACE_AGAIN];
    let second = [
        PLACE,
        "body",
        "time Success",
        "breaker Success",
        PLACE_AGAIN,
    ];
    let lines = [&[RATE][..], &first, &[AGAIN], &second, &["retry Success"]].concat();
    assert_eq!(log.lines(), lines);
}

#[test]
fn another_order_around_a_plain_function() {
    let log = Log::new();
    assert_eq!(plain(&log), Ok(1));
    let attempt = [RATE, PLACE, "body", PLACE_AGAIN];
    let lines = [
        &attempt[..],
        &[AGAIN],
        &attempt,
        &["retry Success", "breaker Success"],
    ]
    .concat();
    assert_eq!(log.lines(), lines);
}

#[tokio::test]
async fn of_several_that_refuse_the_outermost_is_heard() {
    let log = Log::new();
    log.registry.bulkhead("five").change_max_concurrent_calls(0);
    log.registry
        .circuit_breaker("five")
        .transition_to_forced_open()
        .unwrap();
    let limiter = log.registry.rate_limiter("five");
    limiter.drain_permissions();
    limiter.change_timeout_duration(Duration::ZERO);
    let refusal = |who| Err(PolicyFailure::Of(who));
    assert_eq!(usual(&log).await, refusal("breaker"));
    assert_eq!(reversed(&log).await, refusal("bulkhead"));
    assert_eq!(mixed(&log).await, refusal("rate"));
    assert_eq!(plain(&log), refusal("breaker"));
    assert!(!log.lines().contains(&"body".to_owned()));
}

/// Policies that are looked up for each call, inside of one that may outlive its caller.
#[retry("outlived", registry = log.registry)]
#[time_limiter(name = format!("{name} time"), registry = log.registry, cancel_running_future = false)]
#[retry(name = format!("{name} again"), registry = log.registry, max_attempts = 2, wait_duration = "0s")]
#[circuit_breaker(name = name, registry = log.registry)]
async fn outlived(log: Arc<Log>, name: String) -> Result<u32, PolicyFailure> {
    tokio::task::yield_now().await;
    drop(name);
    log.body()
}

#[tokio::test]
async fn what_may_outlive_its_caller_owns_what_is_inside_it() {
    let log = Arc::new(Log::new());
    let call = sendable(outlived(Arc::clone(&log), "inside".to_owned()));
    assert_eq!(call.await, Ok(1));
    assert_eq!(counts_of(&log.registry, "inside"), (1, 1));
    let limiter = log.registry.time_limiter("inside time");
    assert_eq!(limiter.metrics().successful_calls, 1);
    let again = log.registry.retry("inside again").metrics();
    assert_eq!(again.successful_calls_with_retry, 1);
}
