//! Takes one payment from the request to a fate that is written down.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::journal::{Journal, JournalError};
use crate::payment::PaymentRequest;
use crate::screen::{Origin, Screen, Step};
use crate::service::{PaymentError, PaymentOutcome, PaymentService};

/// A payment could neither be settled nor queued. It is not lost: the next run does it again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TellerError {
    #[error("the payment `{id}` could neither be settled nor queued")]
    Payment { id: String, source: PaymentError },
    #[error("the fate of the payment `{id}` could not be written down")]
    Journal { id: String, source: JournalError },
    #[error("the task of a payment came to grief")]
    Task(#[from] tokio::task::JoinError),
}

/// How one payment went.
#[derive(Debug)]
pub(crate) struct Handled {
    /// How long the caller of the annotated method waited.
    pub(crate) waited: Duration,
    pub(crate) queued: Option<Queued>,
}

/// The payment waits in the queue.
#[derive(Debug)]
pub(crate) struct Queued {
    pub(crate) retry_after: Option<Duration>,
}

#[derive(Debug)]
pub(crate) struct Teller {
    service: PaymentService,
    pub(crate) journal: Arc<Journal>,
    screen: Arc<Screen>,
    calls: AtomicU64,
    saved_calls: AtomicU64,
}

impl Teller {
    pub(crate) fn new(service: PaymentService, journal: Arc<Journal>, screen: Arc<Screen>) -> Self {
        Self {
            service,
            journal,
            screen,
            calls: AtomicU64::new(0),
            saved_calls: AtomicU64::new(0),
        }
    }

    /// How often the annotated method was called.
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// How many payments of the input the breaker sent to the queue, and spared the provider a call.
    /// That the queue offers them again, and is turned away again, saves nothing more.
    pub(crate) fn saved_calls(&self) -> u64 {
        self.saved_calls.load(Ordering::Relaxed)
    }

    pub(crate) async fn handle(
        &self,
        request: PaymentRequest,
        origin: Origin,
    ) -> Result<Handled, TellerError> {
        let id = request.id.clone();
        self.calls.fetch_add(1, Ordering::Relaxed);
        let begin = Instant::now();
        let outcome = self.service.process_payment(request).await;
        let waited = begin.elapsed();

        let written_down = |source| TellerError::Journal {
            id: id.clone(),
            source,
        };
        let mut queued = None;
        let step = match outcome {
            Ok(PaymentOutcome::Paid(receipt)) => {
                let written = self.journal.paid(id.clone(), receipt).await;
                written.map_err(written_down)?;
                Step::Settled
            }
            Err(PaymentError::Declined { reason }) => {
                let written = self.journal.declined(id.clone(), reason).await;
                written.map_err(written_down)?;
                Step::Settled
            }
            Ok(PaymentOutcome::Queued {
                turned_away,
                retry_after,
            }) => {
                if turned_away && origin == Origin::Input {
                    self.saved_calls.fetch_add(1, Ordering::Relaxed);
                }
                queued = Some(Queued { retry_after });
                Step::Queued
            }
            Err(source) => return Err(TellerError::Payment { id, source }),
        };
        self.screen.step(origin, step);
        Ok(Handled { waited, queued })
    }
}
