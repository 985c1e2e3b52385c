//! Payments that survive an outage of their provider.
//!
//! ```text
//! cargo run --release --example payment_service
//! cargo run --release --example payment_service -- --payments FILE.csv
//! ```
//!
//! `service.rs` has what this is about: a method under a retry, a circuit breaker, a bulkhead and a
//! time limit, and its fallback. `parts.rs` counts what each of them did. Around it is what makes
//! the promise true, that nothing is lost and nothing is paid twice, even if this program is killed
//! at any moment: the input goes into a durable journal first (`intake.rs`, `journal`), each payment's
//! fate is written down before anybody is told (`teller.rs`), what the provider could not take is
//! paid when the breaker closes (`drain.rs`), under the same idempotency key (`client.rs`), and in the
//! end the journal is held against the provider's own book (`audit.rs`). With `--serve`, operators can
//! look at it all (`serve.rs`).

mod arrivals;
mod audit;
mod breaker_watch;
mod cli;
mod client;
mod comparison;
mod drain;
mod group_commit;
mod input;
mod intake;
mod journal;
mod ledger;
mod parts;
mod payday;
mod payment;
mod provider;
mod rejects;
mod run;
mod screen;
mod serve;
mod service;
mod state_dir;
mod teller;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    if arguments.sites {
        return list_sites();
    }
    match run::run(&arguments) {
        Ok((ledger, serving)) => {
            // A closed pipe does not change how the payments went.
            let _ = write!(io::stdout(), "{ledger}").and_then(|()| io::stdout().flush());
            if let Some(serving) = serving {
                // Whoever cannot be told of an interruption ends at once.
                let _ = serving.until_interrupted();
            }
            match (ledger.is_clean(), ledger.is_complete()) {
                (true, true) => ExitCode::SUCCESS,
                (true, false) => ExitCode::from(2),
                (false, _) => ExitCode::FAILURE,
            }
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {}", with_causes(&error));
            ExitCode::from(2)
        }
    }
}

/// Says where the attributes stand, a line each.
fn list_sites() -> ExitCode {
    let listed = match resilience4rs::call_sites() {
        Ok(sites) => sites
            .iter()
            .try_for_each(|site| writeln!(io::stdout(), "{site}")),
        Err(unavailable) => Err(io::Error::other(unavailable)),
    };
    match listed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

/// An error and what lies behind it, on one line.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
