//! The changes of a payment's fate, committed in groups.

use redb::{Database, ReadableTable, Table};

use super::{Fate, JournalError, PAYMENTS, QUEUE, Record, storage};

/// One step of a payment. A step that was made before, or comes too late, changes nothing, so that
/// a run may repeat what a killed one began.
#[derive(Debug)]
pub(super) enum Change {
    Enqueue { id: String },
    Paid { id: String, receipt: u64 },
    Declined { id: String, reason: String },
}

/// Makes all the changes durable, or none.
pub(super) fn commit(database: &Database, changes: Vec<Change>) -> Result<Vec<()>, JournalError> {
    let answers = vec![(); changes.len()];
    let transaction = database.begin_write().map_err(storage)?;
    {
        let mut tables = Tables {
            payments: transaction.open_table(PAYMENTS).map_err(storage)?,
            queue: transaction.open_table(QUEUE).map_err(storage)?,
        };
        for change in changes {
            tables.apply(change)?;
        }
    }
    transaction.commit().map_err(storage)?;
    Ok(answers)
}

struct Tables<'t> {
    payments: Table<'t, &'static str, &'static [u8]>,
    queue: Table<'t, u64, &'static str>,
}

impl Tables<'_> {
    fn apply(&mut self, change: Change) -> Result<(), JournalError> {
        match change {
            Change::Enqueue { id } => self.enqueue(&id),
            Change::Paid { id, receipt } => self.settle(&id, |from_queue| Fate::Paid {
                receipt,
                from_queue,
            }),
            Change::Declined { id, reason } => self.settle(&id, |_| Fate::Declined { reason }),
        }
    }

    fn enqueue(&mut self, id: &str) -> Result<(), JournalError> {
        let mut record = self.record(id)?;
        if record.fate == Fate::Pending {
            let last = self.queue.last().map_err(storage)?;
            let place = last.map_or(0, |(place, _)| place.value() + 1);
            self.queue.insert(place, id).map_err(storage)?;
            record.fate = Fate::Queued { place };
            self.write(&record)?;
        }
        Ok(())
    }

    fn settle(&mut self, id: &str, fate: impl FnOnce(bool) -> Fate) -> Result<(), JournalError> {
        let mut record = self.record(id)?;
        record.fate = match record.fate {
            Fate::Pending => fate(false),
            Fate::Queued { place } => {
                self.queue.remove(place).map_err(storage)?;
                fate(true)
            }
            settled @ (Fate::Paid { .. } | Fate::Declined { .. }) => settled,
        };
        self.write(&record)
    }

    fn record(&self, id: &str) -> Result<Record, JournalError> {
        match self.payments.get(id).map_err(storage)? {
            Some(json) => Ok(serde_json::from_slice(json.value())?),
            None => Err(JournalError::Unknown(id.to_owned())),
        }
    }

    fn write(&mut self, record: &Record) -> Result<(), JournalError> {
        let json = serde_json::to_vec(record)?;
        self.payments
            .insert(record.request.id.as_str(), json.as_slice())
            .map_err(storage)?;
        Ok(())
    }
}
