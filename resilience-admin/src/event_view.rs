//! Events as the endpoints show them.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use resilience_runtime::{
    BulkheadEvent, CircuitBreakerEvent, CircuitBreakerEventKind, FailureCause, RateLimiterEvent,
    RetryEvent, TimeLimiterEvent,
};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::java_text::Zoned;

/// An event, whatever it is of.
#[derive(Debug, Clone)]
pub(crate) struct EventView {
    /// What its name is called: `circuitBreakerName`.
    name_key: &'static str,
    pub(crate) name: Arc<str>,
    pub(crate) type_name: &'static str,
    pub(crate) created_at: SystemTime,
    details: Vec<(&'static str, Option<Detail>)>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Detail {
    Text(String),
    Number(u64),
}

/// An event of a policy, which knows its type before it is turned into a view.
pub(crate) trait Viewed: Send + 'static {
    fn type_name(&self) -> &'static str;
    fn view(self) -> EventView;
}

/// The JSON of an event; without the details that it does not have, or with `null` for them.
pub(crate) struct EventJson<'a> {
    pub(crate) event: &'a EventView,
    pub(crate) has_nulls: bool,
}

impl Serialize for EventJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let event = self.event;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(event.name_key, &*event.name)?;
        map.serialize_entry("type", event.type_name)?;
        map.serialize_entry("creationTime", &Zoned(event.created_at))?;
        for (key, detail) in &event.details {
            if self.has_nulls || detail.is_some() {
                map.serialize_entry(key, detail)?;
            }
        }
        map.end()
    }
}

impl Viewed for CircuitBreakerEvent {
    fn type_name(&self) -> &'static str {
        self.kind.type_name()
    }

    fn view(self) -> EventView {
        let (elapsed, cause, transition) = match self.kind {
            CircuitBreakerEventKind::Error { elapsed, cause } => (Some(elapsed), Some(cause), None),
            CircuitBreakerEventKind::Success { elapsed }
            | CircuitBreakerEventKind::IgnoredError { elapsed }
            | CircuitBreakerEventKind::Cancelled { elapsed } => (Some(elapsed), None, None),
            CircuitBreakerEventKind::StateTransition { from, to } => {
                (None, None, Some(format!("{from}_TO_{to}")))
            }
            _ => (None, None, None),
        };
        let error = self.error.map(|error| error.to_string());
        let message = error.or_else(|| cause.and_then(words_for).map(str::to_owned));
        EventView {
            name_key: "circuitBreakerName",
            name: self.name,
            type_name: self.kind.type_name(),
            created_at: self.created_at,
            details: vec![
                ("errorMessage", message.map(Detail::Text)),
                ("durationInMs", elapsed.map(millis)),
                ("stateTransition", transition.map(Detail::Text)),
            ],
        }
    }
}

/// Resilience4j always has an error to show.
fn words_for(cause: FailureCause) -> Option<&'static str> {
    match cause {
        FailureCause::Result => Some("a result that is recorded as a failure"),
        FailureCause::Panic => Some("a panic"),
        FailureCause::Cancelled => Some("a call that was cancelled"),
        _ => None,
    }
}

fn millis(time: Duration) -> Detail {
    Detail::Number(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

impl Viewed for RetryEvent {
    fn type_name(&self) -> &'static str {
        self.kind.type_name()
    }

    fn view(self) -> EventView {
        let error = self.error.map(|error| Detail::Text(error.to_string()));
        let attempts = Detail::Number(self.kind.attempts().into());
        EventView {
            name_key: "retryName",
            name: self.name,
            type_name: self.kind.type_name(),
            created_at: self.created_at,
            details: vec![
                ("errorMessage", error),
                ("numberOfAttempts", Some(attempts)),
            ],
        }
    }
}

/// Of the others, no more is shown than their type.
macro_rules! plainly_viewed {
    ($($event:ty: $name_key:literal;)*) => {$(
        impl Viewed for $event {
            fn type_name(&self) -> &'static str {
                self.kind.type_name()
            }

            fn view(self) -> EventView {
                EventView {
                    name_key: $name_key,
                    type_name: self.kind.type_name(),
                    name: self.name,
                    created_at: self.created_at,
                    details: Vec::new(),
                }
            }
        }
    )*};
}

plainly_viewed! {
    RateLimiterEvent: "rateLimiterName";
    BulkheadEvent: "bulkheadName";
    TimeLimiterEvent: "timeLimiterName";
}
