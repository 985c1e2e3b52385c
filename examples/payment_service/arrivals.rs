//! The payments of the input as they come up: evenly spread over time, many under way at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::client::ProviderClient;
use crate::comparison::Comparison;
use crate::payment::PaymentRequest;
use crate::provider::script::Script;
use crate::screen::Origin;
use crate::teller::{Teller, TellerError};

#[derive(Debug)]
pub(crate) struct Arrivals {
    pub(crate) teller: Arc<Teller>,
    pub(crate) script: Arc<Script>,
    pub(crate) comparison: Arc<Comparison>,
    /// For the half of the comparison that has no breaker.
    pub(crate) provider: ProviderClient,
    /// From one payment to the next.
    pub(crate) pace: Duration,
    /// How many are under way at once, at most.
    pub(crate) concurrency: usize,
}

impl Arrivals {
    /// Handles all the payments, and returns when each of them is settled or queued.
    pub(crate) async fn handle(
        self,
        payments: impl Iterator<Item = PaymentRequest>,
    ) -> Result<(), TellerError> {
        let mut under_way = JoinSet::new();
        let mut dry_runs = JoinSet::new();
        let mut in_outage = 0;
        let mut due = tokio::time::Instant::now();
        for payment in payments {
            tokio::time::sleep_until(due).await;
            due += self.pace;
            while under_way.len() >= self.concurrency
                && let Some(handled) = under_way.join_next().await
            {
                handled??;
            }

            let mut compare = false;
            if self.script.advance().is_out() {
                compare = self.comparison.samples(in_outage);
                in_outage += 1;
            }
            if compare {
                dry_runs.spawn(dry_run(
                    self.provider.clone(),
                    payment.clone(),
                    Arc::clone(&self.comparison),
                ));
            }
            let teller = Arc::clone(&self.teller);
            let comparison = Arc::clone(&self.comparison);
            under_way.spawn(async move {
                let handled = teller.handle(payment, Origin::Input).await?;
                if compare {
                    comparison.with_breaker().record(handled.waited);
                }
                Ok::<_, TellerError>(())
            });
        }
        while let Some(handled) = under_way.join_next().await {
            handled??;
        }
        dry_runs.join_all().await;
        Ok(())
    }
}

async fn dry_run(provider: ProviderClient, payment: PaymentRequest, comparison: Arc<Comparison>) {
    let begin = Instant::now();
    // How it ends does not matter here: an error after so much waiting is what is measured.
    let _ = provider.dry_run(&payment).await;
    comparison.without_breaker().record(begin.elapsed());
}
