//! The last events, as lists.

use axum::http::StatusCode;
use axum::response::Response;
use resilience_runtime::{Policy, Registry};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::event_view::{EventJson, EventView, Viewed};
use crate::kind::Kind;
use crate::problem::{Problem, json};
use crate::target::Target;

/// A list of all instances' events has no more than this: a bound on what one request costs, where there
/// may be thousands of instances.
const MOST_LISTED: usize = 10_000;

struct EventList {
    key: &'static str,
    events: Vec<EventView>,
}

impl Serialize for EventList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let views = self.events.iter().map(|event| EventJson {
            event,
            has_nulls: false,
        });
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.key, &views.collect::<Vec<_>>())?;
        map.end()
    }
}

/// Of all instances by their time; of one as they are kept, and none of a name that nobody has.
pub(crate) fn list(registry: &Registry, kind: Kind, target: &Target) -> Result<Response, Problem> {
    let event_type = wanted_type(kind, target)?;
    let events = match &target.instance {
        Some(name) => kind
            .policy_of(registry, name)
            .map_or_else(Vec::new, |policy| of_one(registry, policy, name)),
        None => of_all(registry, kind),
    };
    let is_wanted = |event: &EventView| event_type.is_none_or(|wanted| wanted == event.type_name);
    let list = EventList {
        key: kind.words().events_key,
        events: events.into_iter().filter(is_wanted).collect(),
    };
    Ok(json(StatusCode::OK, &list))
}

/// The type of events that the path names, if it names one.
pub(crate) fn wanted_type(kind: Kind, target: &Target) -> Result<Option<&'static str>, Problem> {
    let Some(text) = &target.event_type else {
        return Ok(None);
    };
    match kind.event_type(text) {
        Some(known) => Ok(Some(known)),
        None => Err(Problem::bad_request("there is no such type of events")),
    }
}

fn of_one(registry: &Registry, policy: Policy, name: &str) -> Vec<EventView> {
    macro_rules! kept {
        ($find:ident) => {
            registry.$find(name).map(|one| views(one.buffered_events()))
        };
    }
    let kept = match policy {
        Policy::CircuitBreaker => kept!(find_circuit_breaker),
        Policy::Retry => kept!(find_retry),
        Policy::RateLimiter => kept!(find_rate_limiter),
        Policy::Bulkhead => kept!(find_bulkhead),
        Policy::ThreadPoolBulkhead => kept!(find_thread_pool_bulkhead),
        Policy::TimeLimiter => kept!(find_time_limiter),
        _ => None,
    };
    kept.unwrap_or_default()
}

fn of_all(registry: &Registry, kind: Kind) -> Vec<EventView> {
    let mut latest = Latest::default();
    macro_rules! add {
        ($all:ident) => {
            for one in registry.$all() {
                latest.add(one.buffered_events());
            }
        };
    }
    match kind {
        Kind::CircuitBreaker => add!(circuit_breakers),
        Kind::Retry => add!(retries),
        Kind::RateLimiter => add!(rate_limiters),
        Kind::Bulkhead => {
            add!(bulkheads);
            add!(thread_pool_bulkheads);
        }
        Kind::ThreadPoolBulkhead => add!(thread_pool_bulkheads),
        Kind::TimeLimiter => add!(time_limiters),
    }
    latest.into_sorted()
}

fn views<E: Viewed>(events: Vec<E>) -> Vec<EventView> {
    events.into_iter().map(Viewed::view).collect()
}

/// The latest of many.
#[derive(Default)]
struct Latest(Vec<EventView>);

impl Latest {
    fn add<E: Viewed>(&mut self, events: Vec<E>) {
        self.0.extend(views(events));
        if self.0.len() > 2 * MOST_LISTED {
            self.shorten();
        }
    }

    fn into_sorted(mut self) -> Vec<EventView> {
        self.shorten();
        self.0
    }

    fn shorten(&mut self) {
        // Stable: those of one moment stay in the order of their instances.
        self.0.sort_by_key(|event| event.created_at);
        let too_many = self.0.len().saturating_sub(MOST_LISTED);
        self.0.drain(..too_many);
    }
}
