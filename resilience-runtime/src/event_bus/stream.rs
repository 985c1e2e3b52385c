use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::EventBus;
use super::queue::Queue;
use crate::parking::block_on;

/// How many events a stream holds for its reader where nothing else is said.
pub const DEFAULT_EVENT_CAPACITY: usize = 256;

/// What raises events: it has a bus.
pub(crate) trait EventSource<E>: Send + Sync {
    fn event_bus(&self) -> &EventBus<E>;
}

/// The events of one instance from the moment on at which it was made, by
/// [`CircuitBreaker::events`](crate::CircuitBreaker::events) and its like.
///
/// It holds a bounded number of events for its reader. A call never waits for the reader: if that
/// falls behind, it loses the oldest events and is [told how many](EventsLost). Dropping the stream
/// ends the subscription. It ends by itself, with `None`, when the last handle on the instance is
/// gone, the registry's included; the stream is none.
///
/// It needs no runtime. With the feature `stream` it is a `futures_core::Stream`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use resilience4rs::{EventsLost, Registry};
///
/// let breaker = Registry::new().circuit_breaker("payments");
/// let mut events = breaker.events_with_capacity(2);
/// for _ in 0..3 {
///     let _ = breaker.call(async { Ok::<_, ()>(42) }).await;
/// }
/// drop(breaker);
///
/// let mut log = Vec::new();
/// while let Some(received) = events.next().await {
///     log.push(match received {
///         Ok(event) => event.kind.type_name().to_owned(),
///         Err(EventsLost { count, .. }) => format!("{count} lost"),
///     });
/// }
/// assert_eq!(log, ["1 lost", "SUCCESS", "SUCCESS"]);
/// # }
/// ```
#[must_use = "a stream that is dropped ends its subscription"]
pub struct EventStream<E> {
    pub(super) queue: Arc<Queue<E>>,
    /// Ends the subscription. It must not keep the instance alive.
    leave: Option<Box<dyn FnOnce() + Send + Sync>>,
}

/// A stream's reader was too slow, and has lost the oldest events that it had not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{count} events were lost, since they were not read in time")]
#[non_exhaustive]
pub struct EventsLost {
    /// How many, since the last event that was read. The next one to be read follows on them.
    pub count: u64,
}

impl<E> EventStream<E> {
    pub(crate) fn new<S>(source: &Arc<S>, capacity: usize) -> Self
    where
        S: EventSource<E> + 'static,
    {
        let queue = Arc::new(Queue::new(capacity));
        let id = source.event_bus().add_queue(Arc::clone(&queue));
        let source = Arc::downgrade(source);
        Self::left_by(queue, move || {
            if let Some(source) = source.upgrade() {
                source.event_bus().unsubscribe(id);
            }
        })
    }

    /// The reading end of a queue, and what is to be done when it is dropped.
    pub(super) fn left_by(
        queue: Arc<Queue<E>>,
        leave: impl FnOnce() + Send + Sync + 'static,
    ) -> Self {
        let leave: Box<dyn FnOnce() + Send + Sync> = Box::new(leave);
        Self {
            queue,
            leave: Some(leave),
        }
    }

    /// Waits for the next event; `None` when there will be no more.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    /// [`EventsLost`] when events were lost between the last one and the next, which comes after it.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use resilience4rs::Registry;
    ///
    /// let bulkhead = Registry::new().bulkhead("payments");
    /// let mut events = bulkhead.events();
    /// let _ = bulkhead.call(async { Ok::<_, ()>(42) }).await;
    ///
    /// let event = events.next().await.unwrap().unwrap();
    /// assert_eq!(event.to_string(), "bulkhead 'payments' permitted a call");
    /// # }
    /// ```
    pub async fn next(&mut self) -> Option<Result<E, EventsLost>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// [`next`](Self::next), for a thread.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let limiter = Registry::new().rate_limiter("search");
    /// let mut events = limiter.events();
    /// limiter.try_acquire().unwrap();
    /// let event = events.next_blocking().unwrap().unwrap();
    /// assert_eq!(event.kind.type_name(), "SUCCESSFUL_ACQUIRE");
    ///
    /// drop(limiter);
    /// assert!(events.next_blocking().is_none());
    /// ```
    pub fn next_blocking(&mut self) -> Option<Result<E, EventsLost>> {
        block_on(self.next())
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<E, EventsLost>>> {
        self.queue.poll_next(cx)
    }
}

impl<E> Drop for EventStream<E> {
    fn drop(&mut self) {
        if let Some(leave) = self.leave.take() {
            leave();
        }
        // A call that is raising an event holds the queue yet.
        self.queue.forget_reader();
    }
}

/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::pin::Pin;
/// use futures_core::Stream;
/// use resilience4rs::{CircuitBreakerEvent, EventsLost, Registry};
///
/// type Events = Pin<Box<dyn Stream<Item = Result<CircuitBreakerEvent, EventsLost>> + Send>>;
///
/// let breaker = Registry::new().circuit_breaker("payments");
/// let mut events: Events = Box::pin(breaker.events());
/// breaker.reset();
/// let event = std::future::poll_fn(|cx| events.as_mut().poll_next(cx)).await.unwrap();
/// assert_eq!(event.unwrap().kind.type_name(), "RESET");
/// # }
/// ```
#[cfg(feature = "stream")]
impl<E> futures_core::Stream for EventStream<E> {
    type Item = Result<E, EventsLost>;

    fn poll_next(self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(cx)
    }
}

impl<E> fmt::Debug for EventStream<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").finish_non_exhaustive()
    }
}
