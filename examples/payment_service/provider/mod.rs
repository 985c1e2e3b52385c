//! The payment provider: another company, behind HTTP, that has a bad day.
//!
//! `POST /charges` with an `Idempotency-Key` header charges a card once per key. With
//! `Dry-Run: true` it goes through the same outage and charges nothing.

pub(crate) mod book;
pub(crate) mod script;

use std::future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use tokio::net::TcpListener;

use self::book::{Book, Entry, Order};
use self::script::{Health, Script};
use crate::payment::Receipt;

/// The header that names a charge. Whoever sends it twice is charged once.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The header of a request that is not to be charged.
pub(crate) const DRY_RUN: &str = "dry-run";

/// Numbers that the provider declines, as in the test modes of real ones.
const DECLINED_CARDS: [(&str, &str); 3] = [
    ("4000000000000002", "the issuer declined"),
    ("4000000000009995", "insufficient funds"),
    ("4000000000000069", "the card has expired"),
];

#[derive(Debug)]
struct Provider {
    book: Book,
    script: Arc<Script>,
}

/// The body of `POST /charges`.
#[derive(Debug, Deserialize)]
struct ChargeRequest {
    amount_cents: u64,
    currency: String,
    card: String,
}

/// Opens for business on a free port of the loopback interface, until the process ends.
pub(crate) async fn start(book: Book, script: Arc<Script>) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let routes = Router::new()
        .route("/charges", post(take_order))
        .with_state(Arc::new(Provider { book, script }));
    // Ends with the runtime; `serve` itself never fails.
    tokio::spawn(axum::serve(listener, routes).into_future());
    Ok(address)
}

async fn take_order(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    Json(request): Json<ChargeRequest>,
) -> Response {
    let key = headers
        .get(IDEMPOTENCY_KEY)
        .and_then(|key| key.to_str().ok());
    let Some(key) = key else {
        return (StatusCode::BAD_REQUEST, "the Idempotency-Key is missing").into_response();
    };
    let health = provider.script.health();
    let dry_run = headers.contains_key(DRY_RUN);
    let answer = if dry_run || (health != Health::Well && !charges_before_failing(key)) {
        Json(Receipt { receipt: 0 }).into_response()
    } else {
        provider.charge(key, request).await
    };
    match health {
        Health::Well => answer,
        Health::Failing => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Health::Hanging => future::pending().await,
    }
}

/// The nastiest part of the outage: every other request that gets no answer was charged all the
/// same.
fn charges_before_failing(key: &str) -> bool {
    key.bytes().fold(0_u8, u8::wrapping_add) % 2 == 0
}

impl Provider {
    async fn charge(&self, key: &str, request: ChargeRequest) -> Response {
        let declined = DECLINED_CARDS
            .iter()
            .find(|(number, _)| *number == request.card);
        if let Some((_, reason)) = declined {
            return (StatusCode::PAYMENT_REQUIRED, *reason).into_response();
        }
        let order = Order {
            idempotency_key: key.to_owned(),
            amount_cents: request.amount_cents,
            currency: request.currency,
        };
        match self.book.charge(order).await {
            Ok(Entry::Charged { receipt }) => Json(Receipt { receipt }).into_response(),
            Ok(Entry::KeyTaken) => {
                let reason = "the key was charged before with other details";
                (StatusCode::CONFLICT, reason).into_response()
            }
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        }
    }
}
