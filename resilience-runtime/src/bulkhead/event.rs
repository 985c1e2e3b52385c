use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// Something that happened at a bulkhead.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use resilience4rs::Registry;
///
/// let bulkhead = Registry::new().bulkhead("payments");
/// let log = Arc::new(Mutex::new(Vec::new()));
/// let lines = Arc::clone(&log);
/// bulkhead.on_event(move |event| lines.lock().unwrap().push(event.to_string()));
///
/// let _ = bulkhead.call_blocking(|| Ok::<_, ()>(42));
/// assert_eq!(
///     *log.lock().unwrap(),
///     ["bulkhead 'payments' permitted a call", "bulkhead 'payments' has finished a call"],
/// );
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct BulkheadEvent {
    /// The bulkhead's name.
    pub name: Arc<str>,
    /// When it happened, on the registry's clock.
    pub created_at: SystemTime,
    /// What happened.
    pub kind: BulkheadEventKind,
}

/// What happened at a bulkhead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BulkheadEventKind {
    /// A call got a place.
    CallPermitted,
    /// A call got no place, or none in the time that it may wait for one.
    CallRejected,
    /// A call ended, by a panic too, and its place is free. A call whose future is dropped gives its
    /// place back without this.
    CallFinished,
}

impl BulkheadEventKind {
    /// The names of all types of events, in the order of Resilience4j's.
    pub const TYPE_NAMES: &'static [&'static str] =
        &["CALL_PERMITTED", "CALL_REJECTED", "CALL_FINISHED"];

    /// The type's name, as Resilience4j's endpoints have it.
    ///
    /// ```
    /// use resilience4rs::BulkheadEventKind;
    ///
    /// assert_eq!(BulkheadEventKind::CallRejected.type_name(), "CALL_REJECTED");
    /// ```
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::CallPermitted => "CALL_PERMITTED",
            Self::CallRejected => "CALL_REJECTED",
            Self::CallFinished => "CALL_FINISHED",
        }
    }
}

impl fmt::Display for BulkheadEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            BulkheadEventKind::CallPermitted => "permitted a call",
            BulkheadEventKind::CallRejected => "rejected a call",
            BulkheadEventKind::CallFinished => "has finished a call",
        };
        write!(f, "bulkhead '{}' {what}", self.name)
    }
}
