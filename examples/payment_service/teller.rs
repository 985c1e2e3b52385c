//! Takes one payment from the request to a fate that is written down.

use std::sync::Arc;
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
    pub(crate) service: PaymentService,
    pub(crate) journal: Arc<Journal>,
    pub(crate) screen: Arc<Screen>,
}

impl Teller {
    pub(crate) async fn handle(
        &self,
        request: PaymentRequest,
        origin: Origin,
    ) -> Result<Handled, TellerError> {
        let id = request.id.clone();
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
            Ok(PaymentOutcome::Queued { retry_after }) => {
                queued = Some(Queued { retry_after });
                Step::Queued
            }
            Err(source) => return Err(TellerError::Payment { id, source }),
        };
        self.screen.step(origin, step);
        Ok(Handled { waited, queued })
    }
}
