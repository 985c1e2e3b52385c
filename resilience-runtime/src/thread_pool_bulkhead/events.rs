use super::{BulkheadEvent, Pool, ThreadPoolBulkhead};
use crate::event_bus::{DEFAULT_EVENT_CAPACITY, EventBus, EventSource, EventStream};

impl EventSource<BulkheadEvent> for Pool {
    fn event_bus(&self) -> &EventBus<BulkheadEvent> {
        &self.events
    }
}

/// What happens to the bulkhead, for those who are not called back.
impl ThreadPoolBulkhead {
    /// The events from now on, to be read where it suits; the last [`DEFAULT_EVENT_CAPACITY`] of them,
    /// if the reader falls behind.
    ///
    /// ```
    /// use resilience4rs::{BulkheadEventKind, Registry};
    ///
    /// let bulkhead = Registry::new().thread_pool_bulkhead("reports");
    /// let mut events = bulkhead.events();
    /// let _ = bulkhead.call_blocking(|| Ok::<_, ()>(42));
    ///
    /// for expected in [BulkheadEventKind::CallPermitted, BulkheadEventKind::CallFinished] {
    ///     let event = events.next_blocking().unwrap().unwrap();
    ///     assert_eq!(event.kind, expected);
    /// }
    /// ```
    pub fn events(&self) -> EventStream<BulkheadEvent> {
        self.events_with_capacity(DEFAULT_EVENT_CAPACITY)
    }

    /// [`events`](Self::events), of which the stream holds this many for its reader, and at least one.
    pub fn events_with_capacity(&self, capacity: usize) -> EventStream<BulkheadEvent> {
        EventStream::new(&self.handle.pool, capacity)
    }

    /// Keeps the last `capacity` events, and at least one, for
    /// [`buffered_events`](Self::buffered_events). Nothing is kept unless somebody asks for it; who
    /// asks again changes the capacity, and with it loses none but the oldest that have no more place.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new().thread_pool_bulkhead("reports");
    /// bulkhead.buffer_events(2);
    /// let _ = bulkhead.call_blocking(|| Ok::<_, ()>(42));
    /// let kinds = bulkhead.buffered_events().into_iter().map(|event| event.kind.type_name());
    /// assert!(kinds.eq(["CALL_PERMITTED", "CALL_FINISHED"]));
    ///
    /// bulkhead.stop_buffering_events();
    /// assert!(bulkhead.buffered_events().is_empty());
    /// ```
    pub fn buffer_events(&self, capacity: usize) {
        self.pool().events.keep(capacity);
    }

    /// The events that are kept, the oldest first: none unless [`buffer_events`](Self::buffer_events)
    /// was called.
    #[must_use]
    pub fn buffered_events(&self) -> Vec<BulkheadEvent> {
        self.pool().events.kept()
    }

    /// Keeps no more events, and forgets those that it has.
    pub fn stop_buffering_events(&self) {
        self.pool().events.keep_no_more();
    }
}
