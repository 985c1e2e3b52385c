//! The payments as they come up, the queue beside them, and the provider that both depend on.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use resilience4rs::ConfigError;
use tokio::sync::watch;

use crate::arrivals::Arrivals;
use crate::breaker_watch;
use crate::client::ProviderClient;
use crate::comparison::Comparison;
use crate::drain::{DrainError, drain};
use crate::journal::{Journal, JournalError};
use crate::parts::{Parts, PartsWatch};
use crate::payment::PaymentRequest;
use crate::provider::book::Book;
use crate::provider::script::Script;
use crate::provider::{self, Traffic};
use crate::screen::{Origin, Screen};
use crate::service::PaymentService;
use crate::teller::{Teller, TellerError};

/// The payments could not all be made. None is lost: the next run goes on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PaydayError {
    #[error("the provider cannot open for business")]
    Provider(#[source] io::Error),
    #[error("cannot set up the HTTP client")]
    Client(#[from] reqwest::Error),
    #[error("the policies cannot be set up")]
    Policies(#[from] ConfigError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Payment(#[from] TellerError),
    #[error(transparent)]
    Drain(#[from] DrainError),
}

#[derive(Debug)]
pub(crate) struct Payday {
    pub(crate) journal: Arc<Journal>,
    pub(crate) screen: Arc<Screen>,
    pub(crate) script: Arc<Script>,
    pub(crate) comparison: Arc<Comparison>,
    /// From one payment to the next.
    pub(crate) pace: Duration,
    pub(crate) concurrency: usize,
    /// How long to go on with the queue while nothing of it can be paid.
    pub(crate) patience: Duration,
    pub(crate) timeout: Duration,
}

impl Payday {
    /// Pays what is pending and what is queued. Returns what the policies did meanwhile.
    pub(crate) async fn pay(
        self,
        pending: Vec<PaymentRequest>,
        book: Book,
    ) -> Result<Parts, PaydayError> {
        let traffic = Arc::new(Traffic::default());
        let address = provider::start(book, Arc::clone(&self.script), Arc::clone(&traffic)).await;
        let provider = ProviderClient::new(address.map_err(PaydayError::Provider)?, self.timeout)?;
        let teller = Arc::new(Teller::new(
            PaymentService::new(provider.clone(), Arc::clone(&self.journal), self.timeout)?,
            Arc::clone(&self.journal),
            Arc::clone(&self.screen),
        ));

        let mut pending = pending.into_iter();
        self.pay_first(&teller, pending.next()).await?;
        let parts = PartsWatch::follow();
        let breaker = breaker_watch::follow(Arc::clone(&self.screen));
        let (all_came_up, has_come_up) = watch::channel(false);
        let arrivals = Arrivals {
            teller: Arc::clone(&teller),
            script: self.script,
            comparison: self.comparison,
            provider,
            pace: self.pace,
            concurrency: self.concurrency,
        };
        let come_up = async {
            arrivals.handle(pending).await?;
            all_came_up.send_replace(true);
            Ok::<_, PaydayError>(())
        };
        let drain = async {
            let teller = Arc::clone(&teller);
            Ok(drain(teller, breaker, has_come_up, self.patience).await?)
        };
        tokio::try_join!(come_up, drain)?;
        Ok(parts.sum_up(&teller, &traffic))
    }

    /// The first payment goes alone: it is the call that creates the policies.
    async fn pay_first(
        &self,
        teller: &Teller,
        pending: Option<PaymentRequest>,
    ) -> Result<(), PaydayError> {
        if let Some(payment) = pending {
            self.script.advance();
            teller.handle(payment, Origin::Input).await?;
        } else if let Some(payment) = self.journal.queue_head(1)?.pop() {
            teller.handle(payment, Origin::Queue).await?;
        }
        Ok(())
    }
}
