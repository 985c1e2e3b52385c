//! What is logged, at which level, and how often.

use std::time::Duration;

use resilience4rs::{
    CircuitBreakerConfigBuilder, Registry, SlidingWindowType, circuit_breaker, retry, time_limiter,
};
use tracing::Level;

use crate::recording::Line;
use crate::{Answer, CallError, finish, poll, start};

fn configure(config: CircuitBreakerConfigBuilder) -> CircuitBreakerConfigBuilder {
    config
        .sliding_window_size(4)
        .minimum_number_of_calls(4)
        .failure_rate_threshold(50.0)
        .permitted_number_of_calls_in_half_open_state(2)
        .wait_duration_in_open_state(Duration::from_secs(5))
}

#[circuit_breaker("bank", registry = registry, classify)]
fn fetch(registry: &Registry, answer: Answer) -> Answer {
    answer
}

#[track_caller]
fn assert_fields(line: &Line, level: Level, expected: &[(&str, &str)]) {
    assert_eq!(line.level, level, "{line:?}");
    for (field, value) in expected {
        assert_eq!(
            line.fields.get(field).map(String::as_str),
            Some(*value),
            "{field} of {line:?}"
        );
    }
}

#[test]
fn transitions_say_why() {
    let (recording, _guard, registry, clock) = start();
    registry.circuit_breaker_with("bank", configure).unwrap();
    for answer in [
        Err(CallError::Down),
        Ok(1),
        Err(CallError::Slow),
        Err(CallError::Declined),
        Err(CallError::Down),
    ] {
        let _ = fetch(&registry, answer);
    }
    clock.advance(Duration::from_secs(6));
    for _ in 0..2 {
        assert_eq!(fetch(&registry, Ok(1)), Ok(1));
    }
    let lines = recording.lines();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_fields(
        &lines[0],
        Level::WARN,
        &[
            ("message", "circuit breaker changed state"),
            ("name", "bank"),
            ("policy", "circuit_breaker"),
            ("from", "CLOSED"),
            ("to", "OPEN"),
            ("era", "2"),
            ("cause", "failure_rate"),
            ("failure_rate", "75.0"),
            ("failure_rate_threshold", "50.0"),
            ("slow_call_rate", "0.0"),
            ("slow_call_rate_threshold", "100.0"),
            ("calls", "4"),
            ("failed_calls", "3"),
            ("slow_calls", "0"),
            ("minimum_calls", "4"),
            ("window_type", "COUNT_BASED"),
            ("window_size", "4"),
            (
                "last_errors",
                "2 x traced_calls::CallError::Down, 1 x traced_calls::CallError::Slow",
            ),
        ],
    );
    assert_eq!(
        lines[0].span,
        Some("circuit_breaker"),
        "in the call that brought it about"
    );
    assert_fields(
        &lines[1],
        Level::INFO,
        &[
            ("from", "OPEN"),
            ("to", "HALF_OPEN"),
            ("era", "3"),
            ("cause", "wait_over"),
        ],
    );
    assert!(!lines[1].fields.contains_key("failure_rate"));
    assert_fields(
        &lines[2],
        Level::INFO,
        &[
            ("from", "HALF_OPEN"),
            ("to", "CLOSED"),
            ("cause", "probes_succeeded"),
            ("calls", "2"),
            ("window_size", "2"),
            ("minimum_calls", "2"),
        ],
    );
}

#[test]
fn slow_calls_in_a_window_of_seconds() {
    let (recording, _guard, registry, clock) = start();
    let breaker = registry.circuit_breaker_with("bank", |config| {
        configure(config)
            .sliding_window_type(SlidingWindowType::TimeBased)
            .slow_call_duration_threshold(Duration::from_millis(10))
    });
    let breaker = breaker.unwrap();
    for _ in 0..4 {
        let permit = breaker.try_acquire().unwrap();
        clock.advance(Duration::from_millis(11));
        permit.success();
    }
    let lines = recording.lines();
    assert_fields(
        &lines[0],
        Level::WARN,
        &[
            ("cause", "slow_call_rate"),
            ("slow_call_rate", "100.0"),
            ("slow_calls", "4"),
            ("window_type", "TIME_BASED"),
        ],
    );
    assert!(
        !lines[0].fields.contains_key("last_errors"),
        "none has failed"
    );
}

#[test]
fn transitions_by_hand() {
    let (recording, _guard, registry, _) = start();
    let breaker = registry.circuit_breaker("bank");
    breaker.transition_to_forced_open().unwrap();
    breaker.transition_to_disabled().unwrap();
    breaker.transition_to_disabled().unwrap();
    breaker.reset();
    let told: Vec<_> = recording
        .lines()
        .iter()
        .map(|line| {
            format!(
                "{} {} {}",
                line.level, line.fields["to"], line.fields["cause"]
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "WARN FORCED_OPEN manual",
            "INFO DISABLED manual",
            "INFO CLOSED reset"
        ]
    );
}

#[test]
fn the_errors_of_an_earlier_state_are_not_those_of_this_one() {
    let (recording, _guard, registry, _) = start();
    let breaker = registry.circuit_breaker_with("bank", configure).unwrap();
    let _ = fetch(&registry, Err(CallError::Down));
    breaker.reset();
    for _ in 0..4 {
        let _ = breaker.call_blocking(|| Err::<(), _>("refused"));
    }
    let lines = recording.lines();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].fields["last_errors"], "4 x &str");
}

#[test]
fn a_listener_of_the_log_may_change_the_state() {
    use tracing::Subscriber;
    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::{Context, SubscriberExt};

    /// Closes whatever opens.
    struct Closes(resilience4rs::CircuitBreaker);

    impl<S: Subscriber> Layer<S> for Closes {
        fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
            if self.0.state() == resilience4rs::State::ForcedOpen {
                self.0.transition_to_closed().unwrap();
            }
        }
    }

    let breaker = Registry::new().circuit_breaker("bank");
    let subscriber = tracing_subscriber::registry().with(Closes(breaker.clone()));
    let _guard = tracing::subscriber::set_default(subscriber);
    breaker.transition_to_forced_open().unwrap();
    assert_eq!(breaker.state(), resilience4rs::State::Closed);
}

#[circuit_breaker("bank", registry = registry, config = "nowhere")]
fn from_nowhere(registry: &Registry) -> Answer {
    Ok(1)
}

#[test]
fn a_configuration_that_does_not_fit() {
    let (recording, _guard, registry, _) = start();
    assert_eq!(from_nowhere(&registry), Ok(1));
    let lines = recording.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_fields(
        &lines[0],
        Level::WARN,
        &[
            ("message", "configuration rejected"),
            ("name", "bank"),
            ("policy", "circuit_breaker"),
        ],
    );
    assert!(lines[0].fields["reason"].contains("`nowhere`"), "{lines:?}");
}

#[test]
fn a_subscriber_may_ask_for_the_instance_whose_configuration_it_is_told_of() {
    use std::sync::{Arc, Mutex};
    use tracing::Subscriber;
    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::{Context, SubscriberExt};

    struct Asks(Registry, Arc<Mutex<Vec<resilience4rs::CircuitBreaker>>>);

    impl<S: Subscriber> Layer<S> for Asks {
        fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
            let found = self.0.circuit_breaker("bank");
            self.1.lock().unwrap().push(found);
        }
    }

    let registry = Registry::new();
    let found = Arc::default();
    let subscriber =
        tracing_subscriber::registry().with(Asks(registry.clone(), Arc::clone(&found)));
    let _guard = tracing::subscriber::set_default(subscriber);
    assert_eq!(from_nowhere(&registry), Ok(1));
    let found: Vec<_> = found.lock().unwrap().clone();
    assert_eq!(found.len(), 1);
    found[0].transition_to_forced_open().unwrap();
    assert!(from_nowhere(&registry).is_err(), "it is the same");
}

#[test]
fn a_subscriber_that_panics_is_no_matter_to_what_settings_do() {
    use tracing::Subscriber;
    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::{Context, SubscriberExt};

    struct Panics;

    impl<S: Subscriber> Layer<S> for Panics {
        fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
            panic!("on purpose");
        }
    }

    let registry = Registry::new();
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let telling = std::sync::Arc::clone(&told);
    registry.on_event(move |event| telling.lock().unwrap().push(event.to_string()));
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(Panics));
    assert_eq!(from_nowhere(&registry), Ok(1));
    let limiter = registry.time_limiter("bank");
    let changes = limiter
        .change_config(|config| config.timeout_duration(Duration::from_millis(250)))
        .unwrap();
    assert_eq!(changes.len(), 1);
    let told = told.lock().unwrap();
    assert!(
        told[0].starts_with("circuit breaker 'bank' does without"),
        "{told:?}"
    );
    assert!(told.last().unwrap().contains("250ms"), "{told:?}");
}

#[test]
fn rejections_are_logged_once_in_ten_seconds() {
    let (recording, _guard, registry, clock) = start();
    let bank = registry.circuit_breaker("bank");
    let shop = registry.circuit_breaker("shop");
    bank.transition_to_forced_open().unwrap();
    shop.transition_to_forced_open().unwrap();
    let rejected = || {
        let mut lines = recording.lines();
        lines.retain(|line| line.fields.contains_key("suppressed"));
        let told: Vec<_> = lines
            .iter()
            .map(|line| format!("{} {}", line.fields["name"], line.fields["suppressed"]))
            .collect();
        (lines, told)
    };
    for _ in 0..1000 {
        let _ = fetch(&registry, Ok(1));
    }
    assert!(shop.try_acquire().is_err());
    let (lines, told) = rejected();
    assert_eq!(told, ["bank 0", "shop 0"], "each has its own");
    assert_fields(
        &lines[0],
        Level::WARN,
        &[
            (
                "message",
                "circuit breaker 'bank' is FORCED_OPEN and does not permit further calls",
            ),
            ("policy", "circuit_breaker"),
        ],
    );
    assert_eq!(lines[0].span, Some("circuit_breaker"));
    clock.advance(Duration::from_secs(9));
    let _ = fetch(&registry, Ok(1));
    assert_eq!(rejected().1.len(), 2);
    clock.advance(Duration::from_secs(2));
    let _ = fetch(&registry, Ok(1));
    let _ = fetch(&registry, Ok(1));
    assert_eq!(rejected().1, ["bank 0", "shop 0", "bank 1000"]);
}

#[test]
fn others_that_reject() {
    let (recording, _guard, registry, clock) = start();
    let bulkhead = registry.bulkhead_with("bank", |config| config.max_concurrent_calls(1));
    let bulkhead = bulkhead.unwrap();
    let permit = bulkhead.try_acquire().unwrap();
    for _ in 0..3 {
        assert!(bulkhead.try_acquire().is_err());
    }
    drop(permit);
    let limiter = registry.rate_limiter_with("bank", |config| {
        config.limit_for_period(1).timeout_duration(Duration::ZERO)
    });
    let limiter = limiter.unwrap();
    limiter.try_acquire().unwrap();
    for _ in 0..3 {
        assert!(limiter.try_acquire().is_err());
    }
    for _ in 0..3 {
        let mut late = Box::pin(never(&registry));
        assert!(poll(late.as_mut()).is_pending());
        clock.advance(Duration::from_secs(2));
        assert!(poll(late.as_mut()).is_ready());
    }
    let told: Vec<_> = recording
        .lines()
        .iter()
        .map(|line| format!("{} {}", line.level, line.fields["message"]))
        .collect();
    assert_eq!(
        told,
        [
            "WARN bulkhead 'bank' is full and does not permit further calls",
            "WARN rate limiter 'bank' does not permit further calls (next try in 1ms)",
            "WARN time limiter 'bank' recorded a timeout: the call took longer than 1s",
        ]
    );
}

#[time_limiter("bank", registry = registry)]
async fn never(registry: &Registry) -> Answer {
    std::future::pending().await
}

#[retry("bank", registry = registry, max_attempts = 2, wait_duration = "0ms")]
async fn fails(registry: &Registry) -> Answer {
    Err(CallError::Down)
}

#[test]
fn retries_and_their_end() {
    let (recording, _guard, registry, _) = start();
    for _ in 0..3 {
        assert!(finish(&recording, fails(&registry)).is_err());
    }
    let lines = recording.lines();
    let levels: Vec<_> = lines.iter().map(|line| line.level).collect();
    assert_eq!(
        levels,
        [Level::DEBUG, Level::WARN, Level::DEBUG, Level::DEBUG]
    );
    assert_fields(
        &lines[0],
        Level::DEBUG,
        &[
            ("message", "retry waits before it tries again"),
            ("attempts", "1"),
            ("wait", "0ns"),
            ("error", "traced_calls::CallError"),
        ],
    );
    assert_fields(
        &lines[1],
        Level::WARN,
        &[
            ("message", "retry gives up"),
            ("attempts", "2"),
            ("reason", "max_attempts"),
            ("error", "traced_calls::CallError"),
            ("suppressed", "0"),
        ],
    );
    assert_eq!(lines[1].span, Some("retry"));
}

#[test]
fn settings_that_change() {
    let (recording, _guard, registry, _) = start();
    let limiter = registry.time_limiter("bank");
    limiter
        .change_config(|config| config.timeout_duration(Duration::from_millis(250)))
        .unwrap();
    assert_fields(
        &recording.lines()[0],
        Level::INFO,
        &[
            ("message", "setting changed"),
            ("name", "bank"),
            ("policy", "time_limiter"),
            ("setting", "timeout_duration"),
            ("old", "1s"),
            ("new", "250ms"),
        ],
    );
}
