//! The shop, which has its bank charge a card, and queues what the bank does not take.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::get;
use resilience4rs::{Failure, PolicyError, circuit_breaker, retry};
use tracing::{Instrument, info_span};

use crate::headers::{continue_trace, of_trace};

#[derive(Clone)]
struct Bank {
    url: String,
    client: reqwest::Client,
}

#[derive(Debug, thiserror::Error)]
enum ChargeError {
    #[error("the bank did not answer well")]
    Unreachable(#[from] reqwest::Error),
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

pub(crate) fn router(url: String) -> Router {
    let client = reqwest::Client::new();
    Router::new()
        .route("/pay/{card}", get(pay))
        .with_state(Bank { url, client })
}

async fn pay(State(bank): State<Bank>, Path(card): Path<String>, headers: HeaderMap) -> String {
    let span = info_span!("GET /pay", otel.kind = "server", card);
    continue_trace(&span, &headers);
    let charged = bank.charge(&card).instrument(span).await;
    charged.unwrap_or_else(|error| error.to_string())
}

impl Bank {
    /// Opens at the fourth call: half of them have failed by then.
    #[retry("bank", max_attempts = 2, wait_duration = "10ms", fallback = queue)]
    #[circuit_breaker("bank", sliding_window_size = 4, minimum_number_of_calls = 4)]
    async fn charge(&self, card: &str) -> Result<String, ChargeError> {
        let span = info_span!("POST /charge", otel.kind = "client");
        let request = self
            .client
            .post(format!("{}/charge/{card}", self.url))
            .headers(of_trace(&span));
        let answer = request.send().instrument(span).await?.error_for_status()?;
        Ok(answer.text().await?)
    }

    async fn queue(&self, _: &str, failure: Failure<ChargeError>) -> Result<String, ChargeError> {
        let queued = async { format!("queued: {failure}") };
        Ok(queued.instrument(info_span!("queue")).await)
    }
}
