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
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

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

/// Every which order is answered late while the provider is slow.
const SLOW_ORDERS: u64 = 4;
/// How late. A customer who waits so long for a payment is rare.
const SLOWNESS: Duration = Duration::from_millis(1000);

#[derive(Debug)]
struct Provider {
    book: Book,
    script: Arc<Script>,
    traffic: Arc<Traffic>,
}

/// What has come in since the provider opened, dry runs aside.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    orders: AtomicU64,
    repeats: AtomicU64,
}

impl Traffic {
    pub(crate) fn orders(&self) -> u64 {
        self.orders.load(Ordering::Relaxed)
    }

    /// Orders under a key that had been charged before: without the key, each was a second charge.
    pub(crate) fn repeats(&self) -> u64 {
        self.repeats.load(Ordering::Relaxed)
    }
}

/// The body of `POST /charges`.
#[derive(Debug, Deserialize)]
struct ChargeRequest {
    amount_cents: u64,
    currency: String,
    card: String,
}

/// Opens for business on a free port of the loopback interface, until the process ends.
pub(crate) async fn start(
    book: Book,
    script: Arc<Script>,
    traffic: Arc<Traffic>,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let routes = Router::new()
        .route("/charges", post(take_order))
        .with_state(Arc::new(Provider {
            book,
            script,
            traffic,
        }));
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
    if headers.contains_key(DRY_RUN) {
        return answer(health, Json(Receipt { receipt: 0 }).into_response()).await;
    }
    let number = provider.traffic.orders.fetch_add(1, Ordering::Relaxed);
    match health {
        Health::Slow if number % SLOW_ORDERS == 0 => {
            let key = key.to_owned();
            // A task of its own: the order goes on when the customer has hung up.
            let late = tokio::spawn(async move { provider.charge_late(&key, request).await });
            late.await
                .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
        }
        Health::Failing | Health::Hanging if !is_charged_all_the_same(key) => {
            answer(health, Json(Receipt { receipt: 0 }).into_response()).await
        }
        _ => answer(health, provider.charge(key, request).await).await,
    }
}

/// What the customer gets to see of a result.
async fn answer(health: Health, result: Response) -> Response {
    match health {
        Health::Well | Health::Slow => result,
        Health::Failing => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Health::Hanging => future::pending().await,
    }
}

/// The nastiest part of the outage: every other request that gets no answer was charged all the
/// same.
fn is_charged_all_the_same(key: &str) -> bool {
    key.bytes().fold(0_u8, u8::wrapping_add) % 2 == 0
}

impl Provider {
    /// Charges at once and answers late, or, nastier still, charges late: when a customer who gave up
    /// has asked again and has been charged for that.
    async fn charge_late(&self, key: &str, request: ChargeRequest) -> Response {
        if is_charged_all_the_same(key) {
            let answer = self.charge(key, request).await;
            tokio::time::sleep(SLOWNESS).await;
            answer
        } else {
            tokio::time::sleep(SLOWNESS).await;
            self.charge(key, request).await
        }
    }

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
            Ok(Entry::Charged { receipt, before }) => {
                self.traffic
                    .repeats
                    .fetch_add(before.into(), Ordering::Relaxed);
                Json(Receipt { receipt }).into_response()
            }
            Ok(Entry::KeyTaken) => {
                let reason = "the key was charged before with other details";
                (StatusCode::CONFLICT, reason).into_response()
            }
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        }
    }
}
