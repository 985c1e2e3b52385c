//! One run, from the input to the ledger.

use std::io;
use std::sync::Arc;

use resilience4rs::{GlobalRegistryInUse, Registry};
use tokio::runtime::Runtime;

use crate::cli::Arguments;
use crate::comparison::Comparison;
use crate::intake::{IntakeError, take_in};
use crate::journal::{Fate, JournalError, Record};
use crate::ledger::{Ledger, Run};
use crate::parts::Parts;
use crate::payday::{Payday, PaydayError};
use crate::payment::PaymentRequest;
use crate::provider::book::{self, Book, BookError};
use crate::provider::script::Script;
use crate::screen::Screen;
use crate::serve::{ServeError, Serving};

/// The run could not be made or finished.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Intake(#[from] IntakeError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Book(#[from] BookError),
    #[error("cannot start the runtime")]
    Runtime(#[source] io::Error),
    #[error(transparent)]
    Payday(#[from] PaydayError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("the registry of the process is in use already")]
    Registry(#[from] GlobalRegistryInUse),
}

/// Makes the payments of the input, and gives account of them; where they are served, with what serves
/// them.
pub(crate) fn run(arguments: &Arguments) -> Result<(Ledger, Option<Serving>), RunError> {
    let screen = Arc::new(Screen::new());
    let mut serving = None;
    if let Some(address) = arguments.serve {
        // Resilience4j's dashboard tells services apart by this tag.
        Registry::builder()
            .metrics(true)
            .tag("application", "payment_service")
            .build()
            .make_global()?;
        serving = Some(Serving::start(address, &screen)?);
    }
    let intake = take_in(arguments)?;
    screen.say(&format!(
        "{}: {} payments, {} rejected rows",
        intake.input,
        intake.accepted.len(),
        intake.rejected
    ));
    screen.say(&format!(
        "state directory: {}",
        intake.state.path().display()
    ));
    let records = intake.journal.records()?;
    let settled = records.iter().filter(|record| record.fate.is_settled());
    let settled_before = settled.count();
    if settled_before > 0 {
        screen.say(&format!(
            "{settled_before} payments were settled by earlier runs"
        ));
    }
    let unsettled = records.len() - settled_before;
    let pending = pending(records);
    screen.begin(unsettled, unsettled - pending.len());

    let script = Arc::new(Script::new(arguments.outage, pending.len()));
    let comparison = Arc::new(Comparison::new(script.payments_in_outage()));
    let mut parts = Parts::default();
    if unsettled > 0 {
        let payday = Payday {
            journal: Arc::clone(&intake.journal),
            screen: Arc::clone(&screen),
            script,
            comparison: Arc::clone(&comparison),
            pace: arguments.pace(pending.len()),
            concurrency: arguments.concurrency.into(),
            patience: arguments.patience(),
            timeout: arguments.timeout(),
        };
        let book = Book::open(&intake.state.provider_book())?;
        let runtime = Runtime::new().map_err(RunError::Runtime)?;
        parts = runtime.block_on(payday.pay(pending, book))?;
        // A charge may still be on its way into the book: for a payment that nobody waits for any
        // more. The provider ends with the runtime, and its book with the last line written.
        drop(runtime);
    }
    screen.finish();

    let run = Run {
        input: intake.input,
        rejects_file: intake.state.rejects(),
        accepted: intake.accepted,
        rejected: intake.rejected,
        settled_before,
        parts,
        comparison,
    };
    let book = book::read(&intake.state.provider_book())?;
    let ledger = Ledger::new(run, &intake.journal.records()?, &book);
    Ok((ledger, serving))
}

/// Payments that no run has learnt the fate of.
fn pending(records: Vec<Record>) -> Vec<PaymentRequest> {
    let pending = records
        .into_iter()
        .filter(|record| record.fate == Fate::Pending);
    pending.map(|record| record.request).collect()
}
