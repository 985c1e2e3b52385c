//! The HTTP client of the payment provider.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::StatusCode;
use serde::Serialize;

use crate::payment::{PaymentRequest, Receipt};
use crate::provider::{DRY_RUN, IDEMPOTENCY_KEY};
use crate::service::PaymentError;

/// Where the provider is.
#[derive(Clone, Debug)]
pub(crate) struct ProviderClient {
    http: reqwest::Client,
    charges: String,
    timeout: Duration,
}

#[derive(Debug, Serialize)]
struct ChargeBody<'a> {
    amount_cents: u64,
    currency: &'a str,
    card: &'a str,
}

impl ProviderClient {
    /// `timeout` is that of dry runs. How long to wait for a charge is for the caller to say.
    pub(crate) fn new(provider: SocketAddr, timeout: Duration) -> reqwest::Result<Self> {
        Ok(Self {
            // The provider is on this machine, whatever proxy the environment names.
            http: reqwest::Client::builder().no_proxy().build()?,
            charges: format!("http://{provider}/charges"),
            timeout,
        })
    }

    /// Charges the card. The payment's id is the idempotency key: to ask again is safe.
    pub(crate) async fn charge(&self, payment: &PaymentRequest) -> Result<Receipt, PaymentError> {
        self.send(self.order(payment)).await
    }

    /// Asks as [`charge`](Self::charge) does, and leaves the card alone.
    pub(crate) async fn dry_run(&self, payment: &PaymentRequest) -> Result<Receipt, PaymentError> {
        let order = self.order(payment).header(DRY_RUN, "true");
        self.send(order.timeout(self.timeout)).await
    }

    fn order(&self, payment: &PaymentRequest) -> reqwest::RequestBuilder {
        self.http
            .post(&self.charges)
            .header(IDEMPOTENCY_KEY, &payment.id)
            .json(&ChargeBody {
                amount_cents: payment.amount_cents,
                currency: &payment.currency,
                card: &payment.card,
            })
    }

    async fn send(&self, order: reqwest::RequestBuilder) -> Result<Receipt, PaymentError> {
        let response = order.send().await?;
        match response.status() {
            StatusCode::OK => Ok(response.json().await?),
            // What the provider says about this payment, not about itself.
            StatusCode::PAYMENT_REQUIRED | StatusCode::CONFLICT | StatusCode::BAD_REQUEST => {
                Err(PaymentError::Declined {
                    reason: response.text().await?,
                })
            }
            status => Err(PaymentError::Failing(status)),
        }
    }
}
