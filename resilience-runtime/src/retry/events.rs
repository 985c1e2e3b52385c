use super::{Retry, RetryEvent, Shared};
use crate::event_bus::{DEFAULT_EVENT_CAPACITY, EventBus, EventSource, EventStream};

impl EventSource<RetryEvent> for Shared {
    fn event_bus(&self) -> &EventBus<RetryEvent> {
        &self.events
    }
}

/// What happens to the retry, for those who are not called back.
impl Retry {
    /// The events from now on, to be read where it suits; the last [`DEFAULT_EVENT_CAPACITY`] of them,
    /// if the reader falls behind.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let retry = Registry::new()
    ///     .retry_with("payments", |config| config.wait_duration(Duration::ZERO))
    ///     .unwrap();
    /// let mut events = retry.events();
    /// let mut answers = [Err("down"), Ok(42)].into_iter();
    /// assert_eq!(retry.call_blocking(|| answers.next().unwrap()), Ok(42));
    ///
    /// for expected in ["RETRY", "SUCCESS"] {
    ///     let event = events.next_blocking().unwrap().unwrap();
    ///     assert_eq!(event.kind.type_name(), expected);
    ///     assert_eq!(event.kind.attempts(), 1);
    /// }
    /// ```
    pub fn events(&self) -> EventStream<RetryEvent> {
        self.events_with_capacity(DEFAULT_EVENT_CAPACITY)
    }

    /// [`events`](Self::events), of which the stream holds this many for its reader, and at least one.
    pub fn events_with_capacity(&self, capacity: usize) -> EventStream<RetryEvent> {
        EventStream::new(&self.shared, capacity)
    }

    /// Keeps the last `capacity` events, and at least one, for
    /// [`buffered_events`](Self::buffered_events). Nothing is kept unless somebody asks for it; who
    /// asks again changes the capacity, and with it loses none but the oldest that have no more place.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::Registry;
    ///
    /// let retry = Registry::new()
    ///     .retry_with("payments", |config| config.wait_duration(Duration::ZERO))
    ///     .unwrap();
    /// retry.buffer_events(2);
    /// let _ = retry.call_blocking(|| Err::<(), _>("down"));
    /// let kinds = retry.buffered_events().into_iter().map(|event| event.kind.type_name());
    /// assert!(kinds.eq(["RETRY", "ERROR"]));
    ///
    /// retry.stop_buffering_events();
    /// assert!(retry.buffered_events().is_empty());
    /// ```
    pub fn buffer_events(&self, capacity: usize) {
        self.shared.events.keep(capacity);
    }

    /// The events that are kept, the oldest first: none unless [`buffer_events`](Self::buffer_events)
    /// was called.
    #[must_use]
    pub fn buffered_events(&self) -> Vec<RetryEvent> {
        self.shared.events.kept()
    }

    /// Keeps no more events, and forgets those that it has.
    pub fn stop_buffering_events(&self) {
        self.shared.events.keep_no_more();
    }
}
