//! Two services, a shop and its bank, whose guarded calls are one trace.
//!
//! ```sh
//! cargo run --package traced-service -- --otlp http://127.0.0.1:4318
//! ```
//!
//! The shop takes three payments: one goes well, of one the bank fails the first attempt, and then the
//! bank is down. Each is a trace, from the shop's request over the attempts to the bank's own span, or
//! to the fallback. Any collector that speaks OTLP over HTTP shows them.

#![allow(clippy::print_stdout, reason = "a program")]

mod bank;
mod headers;
mod service;
mod shop;
mod telemetry;

use std::error::Error;

use clap::Parser;

use crate::service::Service;

/// Two services whose guarded calls are one trace.
#[derive(Parser)]
struct Arguments {
    /// Where a collector takes OTLP over HTTP.
    #[arg(long, default_value = "http://127.0.0.1:4318")]
    otlp: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { otlp } = Arguments::parse();
    headers::use_trace_context();
    let bank = Service::start("bank", &otlp, |_| bank::router())?;
    let bank_url = format!("http://{}", bank.address());
    let shop = Service::start("shop", &otlp, move |_| shop::router(bank_url))?;
    let address = shop.address();
    let customer = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    customer.block_on(async {
        for card in ["fine", "slow", "down"] {
            let url = format!("http://{address}/pay/{card}");
            let answer = reqwest::get(url).await?.text().await?;
            println!("{card}: {answer}");
        }
        Ok::<_, reqwest::Error>(())
    })?;
    shop.stop()?;
    bank.stop()?;
    Ok(())
}
