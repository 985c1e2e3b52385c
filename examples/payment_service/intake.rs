//! From the payments file into the journal. What is in the journal will be paid.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::cli::Arguments;
use crate::input::{Input, InputError};
use crate::journal::{Acceptance, Journal, JournalError};
use crate::rejects::{self, RejectsError};
use crate::state_dir::{self, StateDir, StateDirError};

const SAMPLE: &[u8] = include_bytes!("../data/payments.csv");
const SAMPLE_NAME: &str = "the bundled sample";

/// What was taken in, and where it is kept.
#[derive(Debug)]
pub(crate) struct Intake {
    pub(crate) input: String,
    pub(crate) state: StateDir,
    pub(crate) journal: Arc<Journal>,
    /// The ids of the rows that are payments, known or new.
    pub(crate) accepted: Vec<String>,
    pub(crate) rejected: usize,
}

/// The payments could not be taken in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IntakeError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    StateDir(#[from] StateDirError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("cannot forget the provider's book")]
    Forget(#[source] io::Error),
    #[error(transparent)]
    Rejects(#[from] RejectsError),
}

/// Reads the input, makes its payments durable and sets its other rows aside.
pub(crate) fn take_in(arguments: &Arguments) -> Result<Intake, IntakeError> {
    let path = arguments.payments.as_deref();
    let (name, input) = match path {
        Some(path) => (path.display().to_string(), Input::read(path)?),
        None => (
            SAMPLE_NAME.to_owned(),
            Input::parse(SAMPLE, Path::new(SAMPLE_NAME))?,
        ),
    };
    let root = arguments.data.clone();
    let state = StateDir::create(root.unwrap_or_else(|| state_dir::default_for(path)))?;
    let journal = Arc::new(Journal::open(&state.journal())?);
    let is_demonstration = path.is_none() && arguments.data.is_none();
    if arguments.fresh || (is_demonstration && journal.is_settled()?) {
        // In this order: where a crash leaves a book without a journal, its keys prevent harm. A
        // journal without a book would claim payments that nobody made.
        journal.clear()?;
        state.forget_provider_book().map_err(IntakeError::Forget)?;
    }

    let Acceptance { accepted, refused } = journal.accept(input.payments)?;
    let mut rejects = input.rejects;
    rejects.extend(refused);
    rejects::write(&state.rejects(), &mut rejects)?;
    Ok(Intake {
        input: name,
        state,
        journal,
        accepted,
        rejected: rejects.len(),
    })
}
