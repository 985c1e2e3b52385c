//! What happens to the instances of a registry, for those who are not called back.

use super::keeping::Kept;
use super::{Inner, Registry, RegistryEvent};
use crate::bulkhead::{Bulkhead, BulkheadEvent};
use crate::circuit_breaker::{CircuitBreaker, CircuitBreakerEvent};
use crate::event_bus::{DEFAULT_EVENT_CAPACITY, EventBus, EventSource, EventStream};
use crate::rate_limiter::{RateLimiter, RateLimiterEvent};
use crate::retry::{Retry, RetryEvent};
use crate::thread_pool_bulkhead::ThreadPoolBulkhead;
use crate::time_limiter::{TimeLimiter, TimeLimiterEvent};

impl EventSource<RegistryEvent> for Inner {
    fn event_bus(&self) -> &EventBus<RegistryEvent> {
        &self.events
    }
}

impl Inner {
    /// The events of all instances of a policy, those too that are made later.
    fn events_of<M: Kept<Event: Send + Sync>>(&self, capacity: usize) -> EventStream<M::Event> {
        let feed = M::members(self).open_feed(capacity);
        let this = self.this.clone();
        feed.read(move |feed| {
            if let Some(this) = this.upgrade() {
                M::members(&this).close_feed(feed);
            }
        })
    }
}

/// What happens, for those who are not called back. These streams end when the last handle on the
/// registry is gone.
impl Registry {
    /// The events of the registry itself from now on: of instances that come, change and go, and of
    /// [what operators do](crate::CircuitBreaker::operate). The stream holds the last
    /// [`DEFAULT_EVENT_CAPACITY`] of them, if the reader falls behind.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// let mut events = registry.events();
    /// registry.circuit_breaker("payments");
    /// let event = events.next_blocking().unwrap().unwrap();
    /// assert_eq!(event.to_string(), "circuit breaker 'payments' was added");
    /// ```
    pub fn events(&self) -> EventStream<RegistryEvent> {
        self.events_with_capacity(DEFAULT_EVENT_CAPACITY)
    }

    /// [`events`](Self::events), of which the stream holds this many for its reader, and at least one.
    pub fn events_with_capacity(&self, capacity: usize) -> EventStream<RegistryEvent> {
        EventStream::new(self.inner(), capacity)
    }
}

macro_rules! events_of_all {
    ($($plural:literal, $instance:ident, $event:ident, $get:ident, $events:ident;)*) => {
        /// What happens at all instances of a policy, those too that are made later. One such stream
        /// holds `capacity` events for its reader, at least one, whatever the number of instances.
        impl Registry {
            $(
                #[doc = concat!("The events of all ", $plural, " from now on.")]
                ///
                /// ```
                /// use resilience4rs::Registry;
                ///
                /// let registry = Registry::new();
                #[doc = concat!("let events = registry.", stringify!($events), "(16);")]
                #[doc = concat!("registry.", stringify!($get), "(\"payments\");")]
                /// drop(registry);
                /// let mut events = events;
                /// assert!(events.next_blocking().is_none());
                /// ```
                pub fn $events(&self, capacity: usize) -> EventStream<$event> {
                    self.inner().events_of::<$instance>(capacity)
                }
            )*
        }
    };
}

events_of_all! {
    "circuit breakers", CircuitBreaker, CircuitBreakerEvent, circuit_breaker, circuit_breaker_events;
    "retries", Retry, RetryEvent, retry, retry_events;
    "rate limiters", RateLimiter, RateLimiterEvent, rate_limiter, rate_limiter_events;
    "bulkheads", Bulkhead, BulkheadEvent, bulkhead, bulkhead_events;
    "thread-pool bulkheads", ThreadPoolBulkhead, BulkheadEvent, thread_pool_bulkhead, thread_pool_bulkhead_events;
    "time limiters", TimeLimiter, TimeLimiterEvent, time_limiter, time_limiter_events;
}
