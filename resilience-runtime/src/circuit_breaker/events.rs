use super::{CircuitBreaker, CircuitBreakerEvent, Machine};
use crate::event_bus::{DEFAULT_EVENT_CAPACITY, EventBus, EventSource, EventStream};

impl EventSource<CircuitBreakerEvent> for Machine {
    fn event_bus(&self) -> &EventBus<CircuitBreakerEvent> {
        &self.events
    }
}

/// What happens to the breaker, for those who are not called back.
impl CircuitBreaker {
    /// The events from now on, to be read where it suits; the last [`DEFAULT_EVENT_CAPACITY`] of them,
    /// if the reader falls behind.
    ///
    /// ```
    /// use resilience4rs::{CircuitBreakerEventKind, Registry, State};
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// let mut events = breaker.events();
    /// breaker.transition_to_open().unwrap();
    ///
    /// let event = events.next_blocking().unwrap().unwrap();
    /// let opened = CircuitBreakerEventKind::StateTransition { from: State::Closed, to: State::Open };
    /// assert_eq!(event.kind, opened);
    /// ```
    pub fn events(&self) -> EventStream<CircuitBreakerEvent> {
        self.events_with_capacity(DEFAULT_EVENT_CAPACITY)
    }

    /// [`events`](Self::events), of which the stream holds this many for its reader, and at least one.
    pub fn events_with_capacity(&self, capacity: usize) -> EventStream<CircuitBreakerEvent> {
        EventStream::new(&self.machine, capacity)
    }

    /// Keeps the last `capacity` events, and at least one, for
    /// [`buffered_events`](Self::buffered_events). Nothing is kept unless somebody asks for it; who
    /// asks again changes the capacity, and with it loses none but the oldest that have no more place.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let breaker = Registry::new().circuit_breaker("payments");
    /// breaker.buffer_events(2);
    /// breaker.transition_to_open().unwrap();
    /// let _ = breaker.try_acquire();
    /// breaker.reset();
    /// let kinds = breaker.buffered_events().into_iter().map(|event| event.kind.type_name());
    /// assert!(kinds.eq(["STATE_TRANSITION", "RESET"]));
    ///
    /// breaker.stop_buffering_events();
    /// assert!(breaker.buffered_events().is_empty());
    /// ```
    pub fn buffer_events(&self, capacity: usize) {
        self.machine.events.keep(capacity);
    }

    /// The events that are kept, the oldest first: none unless [`buffer_events`](Self::buffer_events)
    /// was called.
    #[must_use]
    pub fn buffered_events(&self) -> Vec<CircuitBreakerEvent> {
        self.machine.events.kept()
    }

    /// Keeps no more events, and forgets those that it has.
    pub fn stop_buffering_events(&self) {
        self.machine.events.keep_no_more();
    }
}
