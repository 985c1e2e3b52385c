use super::{Machine, RateLimiter, RateLimiterEvent};
use crate::event_bus::{DEFAULT_EVENT_CAPACITY, EventBus, EventSource, EventStream};

impl EventSource<RateLimiterEvent> for Machine {
    fn event_bus(&self) -> &EventBus<RateLimiterEvent> {
        &self.events
    }
}

/// What happens to the limiter, for those who are not called back.
impl RateLimiter {
    /// The events from now on, to be read where it suits; the last [`DEFAULT_EVENT_CAPACITY`] of them,
    /// if the reader falls behind.
    ///
    /// ```
    /// use resilience4rs::{RateLimiterEventKind, Registry};
    ///
    /// let limiter = Registry::new().rate_limiter("search");
    /// let mut events = limiter.events();
    /// limiter.try_acquire_many(3).unwrap();
    ///
    /// let event = events.next_blocking().unwrap().unwrap();
    /// assert_eq!(event.kind, RateLimiterEventKind::SuccessfulAcquire { permits: 3 });
    /// ```
    pub fn events(&self) -> EventStream<RateLimiterEvent> {
        self.events_with_capacity(DEFAULT_EVENT_CAPACITY)
    }

    /// [`events`](Self::events), of which the stream holds this many for its reader, and at least one.
    pub fn events_with_capacity(&self, capacity: usize) -> EventStream<RateLimiterEvent> {
        EventStream::new(&self.machine, capacity)
    }

    /// Keeps the last `capacity` events, and at least one, for
    /// [`buffered_events`](Self::buffered_events). Nothing is kept unless somebody asks for it; who
    /// asks again changes the capacity, and with it loses none but the oldest that have no more place.
    ///
    /// ```
    /// use resilience4rs::{Clock, Registry};
    ///
    /// let registry = Registry::builder().clock(Clock::manual()).build();
    /// let limiter = registry.rate_limiter("search");
    /// limiter.buffer_events(2);
    /// limiter.try_acquire().unwrap();
    /// limiter.drain_permissions();
    /// limiter.try_acquire().unwrap_err();
    /// let kinds = limiter.buffered_events().into_iter().map(|event| event.kind.type_name());
    /// assert!(kinds.eq(["DRAINED", "FAILED_ACQUIRE"]));
    ///
    /// limiter.stop_buffering_events();
    /// assert!(limiter.buffered_events().is_empty());
    /// ```
    pub fn buffer_events(&self, capacity: usize) {
        self.machine.events.keep(capacity);
    }

    /// The events that are kept, the oldest first: none unless [`buffer_events`](Self::buffer_events)
    /// was called.
    #[must_use]
    pub fn buffered_events(&self) -> Vec<RateLimiterEvent> {
        self.machine.events.kept()
    }

    /// Keeps no more events, and forgets those that it has.
    pub fn stop_buffering_events(&self) {
        self.machine.events.keep_no_more();
    }
}
