//! Pays what is in the queue, oldest first, through the same annotated method as everything else.
//!
//! It never asks whether the provider is back. While the breaker is not closed it offers one
//! payment at a time, which serves as the probe that a half-open breaker needs, and between two
//! offers it waits as long as the breaker says.

use std::sync::Arc;
use std::time::{Duration, Instant};

use resilience4rs::State;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::journal::JournalError;
use crate::screen::Origin;
use crate::teller::{Teller, TellerError};

/// How many payments of the queue are under way at once while the breaker is closed.
const CONCURRENCY: usize = 32;
/// Where the breaker does not say how long to wait: a call went through and failed, or the probes
/// are all taken.
const PAUSE: Duration = Duration::from_millis(100);

/// The queue could not be drained. What is left of it is safe on disk.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DrainError {
    #[error(transparent)]
    Teller(#[from] TellerError),
    #[error("the queue cannot be read")]
    Journal(#[from] JournalError),
}

/// Drains the queue until it is empty and the last payment of the input `has_come_up`, or until
/// `patience` has passed since then in which nothing of it could be paid.
pub(crate) async fn drain(
    teller: Arc<Teller>,
    mut breaker: watch::Receiver<State>,
    mut has_come_up: watch::Receiver<bool>,
    patience: Duration,
) -> Result<(), DrainError> {
    let mut last_success = Instant::now();
    loop {
        // Before the queue is looked at: what comes up later is seen the next time round.
        let was_last = *has_come_up.borrow();
        let is_closed = *breaker.borrow() == State::Closed;
        let payments = teller
            .journal
            .queue_head(if is_closed { CONCURRENCY } else { 1 })?;
        if payments.is_empty() {
            if was_last {
                return Ok(());
            }
            tokio::select! {
                () = teller.journal.queue_grew() => {}
                _ = has_come_up.wait_for(|&last| last) => {}
            }
            continue;
        }

        let mut under_way = JoinSet::new();
        for payment in payments {
            let teller = Arc::clone(&teller);
            under_way.spawn(async move { teller.handle(payment, Origin::Queue).await });
        }
        let mut pause: Option<Duration> = None;
        let mut settled = 0;
        while let Some(handled) = under_way.join_next().await {
            match handled.map_err(TellerError::from)??.queued {
                Some(queued) => pause = pause.max(Some(queued.retry_after.unwrap_or(PAUSE))),
                None => settled += 1,
            }
        }
        if settled > 0 || !was_last {
            last_success = Instant::now();
        } else if last_success.elapsed() >= patience {
            return Ok(());
        }
        if let Some(pause) = pause {
            if *breaker.borrow() == State::Closed {
                tokio::time::sleep(pause).await;
            } else {
                // Payments of the input may close the breaker before that.
                let closes = breaker.wait_for(|&state| state == State::Closed);
                let _ = tokio::time::timeout(pause, closes).await;
            }
        }
    }
}
