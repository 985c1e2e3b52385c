use super::{Shared, TimeLimiter, TimeLimiterEvent};
use crate::event_bus::{DEFAULT_EVENT_CAPACITY, EventBus, EventSource, EventStream};

impl EventSource<TimeLimiterEvent> for Shared {
    fn event_bus(&self) -> &EventBus<TimeLimiterEvent> {
        &self.events
    }
}

/// What happens to the limiter, for those who are not called back.
impl TimeLimiter {
    /// The events from now on, to be read where it suits; the last [`DEFAULT_EVENT_CAPACITY`] of them,
    /// if the reader falls behind.
    ///
    /// ```
    /// use resilience4rs::{Registry, TimeLimiterEventKind};
    ///
    /// let limiter = Registry::new().time_limiter("payments");
    /// let mut events = limiter.events();
    /// limiter.on_timeout();
    ///
    /// let event = events.next_blocking().unwrap().unwrap();
    /// assert_eq!(event.kind, TimeLimiterEventKind::Timeout);
    /// ```
    pub fn events(&self) -> EventStream<TimeLimiterEvent> {
        self.events_with_capacity(DEFAULT_EVENT_CAPACITY)
    }

    /// [`events`](Self::events), of which the stream holds this many for its reader, and at least one.
    pub fn events_with_capacity(&self, capacity: usize) -> EventStream<TimeLimiterEvent> {
        EventStream::new(&self.shared, capacity)
    }

    /// Keeps the last `capacity` events, and at least one, for
    /// [`buffered_events`](Self::buffered_events). Nothing is kept unless somebody asks for it; who
    /// asks again changes the capacity, and with it loses none but the oldest that have no more place.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let limiter = Registry::new().time_limiter("payments");
    /// limiter.buffer_events(2);
    /// limiter.on_success();
    /// limiter.on_timeout();
    /// limiter.on_error();
    /// let kinds = limiter.buffered_events().into_iter().map(|event| event.kind.type_name());
    /// assert!(kinds.eq(["TIMEOUT", "ERROR"]));
    ///
    /// limiter.stop_buffering_events();
    /// assert!(limiter.buffered_events().is_empty());
    /// ```
    pub fn buffer_events(&self, capacity: usize) {
        self.shared.events.keep(capacity);
    }

    /// The events that are kept, the oldest first: none unless [`buffer_events`](Self::buffer_events)
    /// was called.
    #[must_use]
    pub fn buffered_events(&self) -> Vec<TimeLimiterEvent> {
        self.shared.events.kept()
    }

    /// Keeps no more events, and forgets those that it has.
    pub fn stop_buffering_events(&self) {
        self.shared.events.keep_no_more();
    }
}
