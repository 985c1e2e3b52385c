//! The service that this example is about: one annotated method and its fallback.

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use resilience4rs::{Failure, PolicyError, circuit_breaker};

use crate::client::ProviderClient;
use crate::journal::{Journal, JournalError};
use crate::payment::{PaymentRequest, Receipt};

/// The name of the circuit breaker in the registry.
pub(crate) const BREAKER: &str = "paymentService";

/// What became of a payment that did not fail.
#[derive(Debug)]
pub(crate) enum PaymentOutcome {
    Paid(Receipt),
    /// Safe on disk, to be paid when the provider is back.
    Queued {
        /// The breaker turned the call away: the provider never saw it.
        turned_away: bool,
        /// How long the breaker will turn calls away, where it knows.
        retry_after: Option<Duration>,
    },
}

/// Why a payment was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PaymentError {
    /// The provider is well, and says no. To ask again would not help.
    #[error("declined: {reason}")]
    Declined { reason: String },
    #[error("the provider answers {0}")]
    Failing(StatusCode),
    /// Perhaps the card was charged, perhaps not.
    #[error("no answer from the provider")]
    Unreachable(#[from] reqwest::Error),
    /// Neither paid nor queued; the input and the journal still have it.
    #[error("the payment could not be queued")]
    Queue(#[from] JournalError),
}

/// Makes payments, or sees to it that they will be made.
#[derive(Debug)]
pub(crate) struct PaymentService {
    provider: ProviderClient,
    journal: Arc<Journal>,
}

impl PaymentService {
    pub(crate) fn new(provider: ProviderClient, journal: Arc<Journal>) -> Self {
        Self { provider, journal }
    }

    /// Pays at once, or queues what the provider cannot take now. A declined card is not the
    /// provider's failure: the breaker ignores it.
    #[circuit_breaker(
        "paymentService",
        fallback = fallback_payment,
        ignore_errors(PaymentError::Declined { .. }),
        sliding_window_size = 20,
        minimum_number_of_calls = 10,
        failure_rate_threshold = 50,
        wait_duration_in_open_state = "500ms",
        permitted_number_of_calls_in_half_open_state = 3
    )]
    pub(crate) async fn process_payment(
        &self,
        request: PaymentRequest,
    ) -> Result<PaymentOutcome, PaymentError> {
        let receipt = self.provider.charge(&request).await?;
        Ok(PaymentOutcome::Paid(receipt))
    }

    async fn fallback_payment(
        &self,
        request: PaymentRequest,
        failure: Failure<PaymentError>,
    ) -> Result<PaymentOutcome, PaymentError> {
        let (turned_away, retry_after) = match failure {
            Failure::Call(declined @ PaymentError::Declined { .. }) => return Err(declined),
            Failure::Policy(PolicyError::CircuitOpen(open)) => (true, open.retry_after),
            Failure::Policy(_) | Failure::Call(_) => (false, None),
        };
        self.journal.enqueue(request).await?;
        Ok(PaymentOutcome::Queued {
            turned_away,
            retry_after,
        })
    }
}
