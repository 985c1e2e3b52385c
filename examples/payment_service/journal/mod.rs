//! What became of each payment, on disk: the durable queue, and the memory that outlives a crash.
//!
//! A payment enters the journal before anything is tried with it, and its fate is written down
//! before anybody is told. Whatever a killed run leaves unsettled, the next one does again under
//! the same idempotency key.

mod change;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io, process};

use redb::{Database, DatabaseError, ReadableDatabase, ReadableTable, Table, TableDefinition};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use self::change::Change;
use crate::group_commit::{CommitError, GroupCommit};
use crate::input::{Reject, Row};
use crate::payment::{PaymentRequest, Receipt};
use crate::state_dir::sync_entry_of;

/// Payment id to [`Record`], as JSON.
const PAYMENTS: TableDefinition<&str, &[u8]> = TableDefinition::new("payments");
/// Place in the queue to payment id.
const QUEUE: TableDefinition<u64, &str> = TableDefinition::new("queue");

/// A payment and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) request: PaymentRequest,
    pub(crate) fate: Fate,
}

/// What became of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Fate {
    /// Accepted; perhaps tried by a run that was killed before it learnt the answer.
    Pending,
    /// To be paid when the provider is back.
    Queued { place: u64 },
    /// Settled.
    Paid { receipt: u64, from_queue: bool },
    /// Settled.
    Declined { reason: String },
}

impl Fate {
    pub(crate) fn is_settled(&self) -> bool {
        matches!(self, Self::Paid { .. } | Self::Declined { .. })
    }
}

/// What the journal took, and what it did not.
#[derive(Debug, Default)]
pub(crate) struct Acceptance {
    /// The ids of payments that are in the journal now.
    pub(crate) accepted: Vec<String>,
    pub(crate) refused: Vec<Reject>,
}

/// The journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalError {
    #[error("{} is in use by another run", path.display())]
    InUse { path: PathBuf },
    #[error("cannot open the journal {}", path.display())]
    Open {
        path: PathBuf,
        source: Box<redb::Error>,
    },
    #[error("cannot create the journal {}", path.display())]
    Create { path: PathBuf, source: io::Error },
    #[error("the journal cannot be read or written")]
    Storage(#[from] Box<redb::Error>),
    #[error("the journal holds a record that is not one of ours")]
    Record(#[from] serde_json::Error),
    #[error("the journal has never accepted the payment `{0}`")]
    Unknown(String),
    #[error("cannot start the journal's thread")]
    Thread(#[from] io::Error),
    #[error("the journal could not commit")]
    Commit(#[from] CommitError<Box<JournalError>>),
}

/// The storage engine has an error type for each step; here they are all the same news.
fn storage(error: impl Into<redb::Error>) -> JournalError {
    JournalError::Storage(Box::new(error.into()))
}

/// The journal of one state directory.
#[derive(Debug)]
pub(crate) struct Journal {
    database: Arc<Database>,
    changes: GroupCommit<Change, (), Box<JournalError>>,
    queue_grew: Notify,
}

impl Journal {
    /// Opens or creates the journal. One process at a time can have it open.
    pub(crate) fn open(path: &Path) -> Result<Self, JournalError> {
        if !path.exists() {
            create(path)?;
        }
        let database = Arc::new(open(path)?);
        let changes = GroupCommit::start("journal", {
            let database = Arc::clone(&database);
            move |changes| change::commit(&database, changes).map_err(Box::new)
        })?;
        Ok(Self {
            database,
            changes,
            queue_grew: Notify::new(),
        })
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) -> Result<(), JournalError> {
        let transaction = self.database.begin_write().map_err(storage)?;
        transaction.delete_table(PAYMENTS).map_err(storage)?;
        transaction.delete_table(QUEUE).map_err(storage)?;
        transaction.commit().map_err(storage)?;
        create_tables(&self.database)
    }

    /// Accepts the payments that are new. Known ones keep their fate; a row that reuses the id of a
    /// known payment for another one is refused.
    pub(crate) fn accept(&self, rows: Vec<Row>) -> Result<Acceptance, JournalError> {
        let mut acceptance = Acceptance::default();
        let transaction = self.database.begin_write().map_err(storage)?;
        {
            let mut payments = transaction.open_table(PAYMENTS).map_err(storage)?;
            for row in rows {
                match accept_row(&mut payments, row)? {
                    Ok(id) => acceptance.accepted.push(id),
                    Err(reject) => acceptance.refused.push(reject),
                }
            }
        }
        transaction.commit().map_err(storage)?;
        Ok(acceptance)
    }

    /// Puts a payment into the durable queue, unless it is there, or settled.
    pub(crate) async fn enqueue(&self, request: PaymentRequest) -> Result<(), JournalError> {
        self.changes
            .submit(Change::Enqueue { id: request.id })
            .await?;
        self.queue_grew.notify_one();
        Ok(())
    }

    /// Writes down that a payment was made, and takes it off the queue.
    pub(crate) async fn paid(&self, id: String, receipt: Receipt) -> Result<(), JournalError> {
        let change = Change::Paid {
            id,
            receipt: receipt.receipt,
        };
        Ok(self.changes.submit(change).await?)
    }

    /// Writes down that the provider refused a payment, and takes it off the queue.
    pub(crate) async fn declined(&self, id: String, reason: String) -> Result<(), JournalError> {
        Ok(self.changes.submit(Change::Declined { id, reason }).await?)
    }

    /// Every payment that was ever accepted.
    pub(crate) fn records(&self) -> Result<Vec<Record>, JournalError> {
        let transaction = self.database.begin_read().map_err(storage)?;
        let payments = transaction.open_table(PAYMENTS).map_err(storage)?;
        let mut records = Vec::new();
        for entry in payments.iter().map_err(storage)? {
            let (_, json) = entry.map_err(storage)?;
            records.push(serde_json::from_slice(json.value())?);
        }
        Ok(records)
    }

    /// Whether there are payments, and none is left to be made.
    pub(crate) fn is_settled(&self) -> Result<bool, JournalError> {
        let records = self.records()?;
        Ok(!records.is_empty() && records.iter().all(|record| record.fate.is_settled()))
    }

    /// The first payments of the queue, oldest first.
    pub(crate) fn queue_head(&self, limit: usize) -> Result<Vec<PaymentRequest>, JournalError> {
        let transaction = self.database.begin_read().map_err(storage)?;
        let payments = transaction.open_table(PAYMENTS).map_err(storage)?;
        let queue = transaction.open_table(QUEUE).map_err(storage)?;
        let mut head = Vec::new();
        for entry in queue.iter().map_err(storage)?.take(limit) {
            let (_, id) = entry.map_err(storage)?;
            if let Some(json) = payments.get(id.value()).map_err(storage)? {
                head.push(serde_json::from_slice::<Record>(json.value())?.request);
            }
        }
        Ok(head)
    }

    /// Waits until the queue has grown since the last time somebody asked.
    pub(crate) async fn queue_grew(&self) {
        self.queue_grew.notified().await;
    }
}

fn accept_row(
    payments: &mut Table<'_, &'static str, &'static [u8]>,
    row: Row,
) -> Result<Result<String, Reject>, JournalError> {
    let id = row.request.id.clone();
    let known = payments.get(id.as_str()).map_err(storage)?;
    let known = known.map(|json| serde_json::from_slice::<Record>(json.value()));
    if let Some(known) = known.transpose()? {
        return Ok(if known.request == row.request {
            Ok(id)
        } else {
            Err(Reject {
                line: row.line,
                reason: format!(
                    "an earlier run took the id `{id}` for a payment with other details"
                ),
                raw: row.raw,
            })
        });
    }
    let record = Record {
        request: row.request,
        fate: Fate::Pending,
    };
    let json = serde_json::to_vec(&record)?;
    payments
        .insert(id.as_str(), json.as_slice())
        .map_err(storage)?;
    Ok(Ok(id))
}

/// Creates the file, whole or not at all: a run that is killed meanwhile must not leave half a
/// database in the place of the journal.
fn create(path: &Path) -> Result<(), JournalError> {
    let unfinished = path.with_extension(format!("{}.unfinished", process::id()));
    // Left by a killed run of the same number, if at all.
    let _ = fs::remove_file(&unfinished);
    create_tables(&open(&unfinished)?)?;
    // A link, unlike a rename, does not replace the journal of a run that was quicker.
    let linked = match fs::hard_link(&unfinished, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    };
    linked
        .and_then(|()| fs::remove_file(&unfinished))
        .and_then(|()| sync_entry_of(path))
        .map_err(|source| JournalError::Create {
            path: path.to_owned(),
            source,
        })
}

fn open(path: &Path) -> Result<Database, JournalError> {
    Database::create(path).map_err(|error| match error {
        DatabaseError::DatabaseAlreadyOpen => JournalError::InUse {
            path: path.to_owned(),
        },
        other => JournalError::Open {
            path: path.to_owned(),
            source: Box::new(other.into()),
        },
    })
}

fn create_tables(database: &Database) -> Result<(), JournalError> {
    let transaction = database.begin_write().map_err(storage)?;
    transaction.open_table(PAYMENTS).map_err(storage)?;
    transaction.open_table(QUEUE).map_err(storage)?;
    transaction.commit().map_err(storage)
}
