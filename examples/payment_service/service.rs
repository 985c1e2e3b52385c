//! The service that this example is about: one annotated method and its fallback.

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use resilience4rs::{
    ConfigError, Failure, PolicyError, Registry, bulkhead, circuit_breaker, retry, time_limiter,
};

use crate::client::ProviderClient;
use crate::journal::{Journal, JournalError};
use crate::payment::{PaymentRequest, Receipt};

/// The name of all four policies in the registry.
pub(crate) const POLICIES: &str = "paymentService";

/// What became of a payment that did not fail.
#[derive(Debug)]
pub(crate) enum PaymentOutcome {
    Paid(Receipt),
    /// Safe on disk, to be paid when the provider is back.
    Queued {
        /// The breaker turned the call, or its retry, away: the provider was spared it.
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
    /// `timeout` is how long an attempt may take. It is an argument of the program, so the time
    /// limiter is in the registry before the attribute asks for it; the others are as written there.
    pub(crate) fn new(
        provider: ProviderClient,
        journal: Arc<Journal>,
        timeout: Duration,
    ) -> Result<Self, ConfigError> {
        Registry::global()
            .time_limiter_with(POLICIES, |config| config.timeout_duration(timeout))?;
        Ok(Self { provider, journal })
    }

    /// Pays at once, or queues what the provider cannot take now.
    ///
    /// The order of the attributes is the order in which an attempt passes them:
    ///
    /// - The retry is outermost, so that the breaker hears of every attempt and has a say in each: a
    ///   retry that finds it open ends there. The budget keeps retries from becoming the outage.
    ///   A declined card is no failure of the provider: neither the retry nor the breaker minds.
    /// - The breaker is asked before anything is taken up or waited for.
    /// - The bulkhead is outside the time limit: waiting for a place is not the provider's slowness,
    ///   and must not open the breaker, which ignores a full bulkhead and counts a timeout.
    ///   A place is free again while a payment waits for its retry.
    /// - The time limit is innermost: it measures the provider and nothing else.
    ///
    /// The fallback stands on the outermost one. Further inside it would hide failures from the
    /// policies around it.
    #[retry(
        "paymentService",
        fallback = fallback_payment,
        ignore_errors(PaymentError::Declined { .. }),
        max_attempts = 3,
        wait_duration = "50ms",
        enable_exponential_backoff = true,
        enable_randomized_wait = true,
        budget = "paymentProvider",
        budget_percentage = 20
    )]
    #[circuit_breaker(
        "paymentService",
        ignore_errors(PaymentError::Declined { .. }),
        sliding_window_size = 20,
        minimum_number_of_calls = 10,
        failure_rate_threshold = 50,
        wait_duration_in_open_state = "500ms",
        permitted_number_of_calls_in_half_open_state = 3
    )]
    #[bulkhead(
        "paymentService",
        max_concurrent_calls = 12,
        max_wait_duration = "100ms"
    )]
    #[time_limiter("paymentService")]
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
