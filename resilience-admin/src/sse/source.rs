//! What is streamed: the events of all instances of a kind, or of one.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use resilience_runtime::{
    EventStream, EventsLost, Policy, Registry, RegistryEvent, RegistryEventKind,
};

use crate::admin::Shared;
use crate::event_view::{EventView, Viewed};
use crate::kind::Kind;

/// How many events that nobody wants are passed over at a time.
const PASSED_OVER_AT_ONCE: usize = 64;
/// Of a registry's own events: if more come at once, the instance is looked for instead.
const REGISTRY_CAPACITY: usize = 16;

type Received = Result<EventView, EventsLost>;
type Events = Pin<Box<dyn Stream<Item = Received> + Send>>;

pub(super) struct Source {
    events: Vec<Events>,
    /// Of a stream of one instance.
    instance: Option<Instance>,
}

/// Knows when an instance is gone from its registry, though somebody may hold it still.
struct Instance {
    registry: Registry,
    changes: EventStream<RegistryEvent>,
    kind: Kind,
    policy: Policy,
    name: String,
}

/// The events of one type, or all, as they are shown.
struct Wanted<E> {
    events: EventStream<E>,
    event_type: Option<&'static str>,
}

impl Source {
    pub(super) fn of_all(shared: &Shared, kind: Kind, event_type: Option<&'static str>) -> Self {
        let (registry, capacity) = (&shared.registry, shared.stream_capacity);
        macro_rules! all {
            ($events:ident) => {
                wanted(registry.$events(capacity), event_type)
            };
        }
        let events = match kind {
            Kind::CircuitBreaker => vec![all!(circuit_breaker_events)],
            Kind::Retry => vec![all!(retry_events)],
            Kind::RateLimiter => vec![all!(rate_limiter_events)],
            Kind::Bulkhead => vec![all!(bulkhead_events), all!(thread_pool_bulkhead_events)],
            Kind::ThreadPoolBulkhead => vec![all!(thread_pool_bulkhead_events)],
            Kind::TimeLimiter => vec![all!(time_limiter_events)],
        };
        Self {
            events,
            instance: None,
        }
    }

    /// `None` where nobody has that name.
    pub(super) fn of_one(
        shared: &Shared,
        kind: Kind,
        name: &str,
        event_type: Option<&'static str>,
    ) -> Option<Self> {
        let (registry, capacity) = (&shared.registry, shared.stream_capacity);
        // First, so that it cannot go unnoticed.
        let changes = registry.events_with_capacity(REGISTRY_CAPACITY);
        let policy = kind.policy_of(registry, name)?;
        macro_rules! one {
            ($find:ident) => {
                wanted(
                    registry.$find(name)?.events_with_capacity(capacity),
                    event_type,
                )
            };
        }
        let events = match policy {
            Policy::CircuitBreaker => one!(find_circuit_breaker),
            Policy::Retry => one!(find_retry),
            Policy::RateLimiter => one!(find_rate_limiter),
            Policy::Bulkhead => one!(find_bulkhead),
            Policy::ThreadPoolBulkhead => one!(find_thread_pool_bulkhead),
            Policy::TimeLimiter => one!(find_time_limiter),
            _ => return None,
        };
        Some(Self {
            events: vec![events],
            instance: Some(Instance {
                registry: registry.clone(),
                changes,
                kind,
                policy,
                name: name.to_owned(),
            }),
        })
    }

    /// The next event of any; `None` when there will be no more of one of them.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Received>> {
        for events in &mut self.events {
            if let Poll::Ready(next) = events.as_mut().poll_next(cx) {
                return Poll::Ready(next);
            }
        }
        // After its last events have been told.
        match &mut self.instance {
            Some(instance) => instance.poll_gone(cx).map(|()| None),
            None => Poll::Pending,
        }
    }
}

impl Instance {
    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let is_gone = match ready!(Pin::new(&mut self.changes).poll_next(cx)) {
                None => true,
                Some(Err(_lost)) => {
                    self.kind.policy_of(&self.registry, &self.name) != Some(self.policy)
                }
                Some(Ok(event)) => {
                    let is_about_it = event.policy == self.policy && *event.name == *self.name;
                    is_about_it
                        && matches!(
                            event.kind,
                            RegistryEventKind::Removed | RegistryEventKind::Evicted
                        )
                }
            };
            if is_gone {
                return Poll::Ready(());
            }
        }
    }
}

fn wanted<E: Viewed>(events: EventStream<E>, event_type: Option<&'static str>) -> Events {
    Box::pin(Wanted { events, event_type })
}

impl<E: Viewed> Stream for Wanted<E> {
    type Item = Received;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Received>> {
        for _ in 0..PASSED_OVER_AT_ONCE {
            match ready!(Pin::new(&mut self.events).poll_next(cx)) {
                None => return Poll::Ready(None),
                Some(Err(lost)) => return Poll::Ready(Some(Err(lost))),
                Some(Ok(event)) if self.event_type.is_none_or(|it| it == event.type_name()) => {
                    return Poll::Ready(Some(Ok(event.view())));
                }
                Some(Ok(_)) => {}
            }
        }
        // There may be more: other tasks first.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
