//! The provider's book: each charge that was made, one line of CSV each, on disk before the
//! customer gets the receipt.
//!
//! It is another company's system of record. The payment service never looks into it; the audit
//! at the end does.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::group_commit::{CommitError, GroupCommit};
use crate::state_dir::sync_entry_of;

/// One charge: a line of the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Charge {
    pub(crate) receipt: u64,
    pub(crate) idempotency_key: String,
    pub(crate) amount_cents: u64,
    pub(crate) currency: String,
}

/// What a customer asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) idempotency_key: String,
    pub(crate) amount_cents: u64,
    pub(crate) currency: String,
}

/// What the book says to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Charged: now, or `before`, the first time that the key was seen.
    Charged { receipt: u64, before: bool },
    /// The key stands for a charge with other details.
    KeyTaken,
}

/// The book cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BookError {
    #[error("cannot open the provider's book {}", path.display())]
    Open { path: PathBuf, source: io::Error },
    #[error("cannot read the provider's book {}", path.display())]
    Read { path: PathBuf, source: csv::Error },
    #[error("cannot write the provider's book")]
    Write(#[from] csv::Error),
    #[error("cannot write the provider's book")]
    Flush(#[from] io::Error),
}

/// The open book.
#[derive(Debug)]
pub(crate) struct Book {
    orders: GroupCommit<Order, Entry, BookError>,
}

impl Book {
    pub(crate) fn open(path: &Path) -> Result<Self, BookError> {
        let open = |source| BookError::Open {
            path: path.to_owned(),
            source,
        };
        let file = open_whole_lines(path).map_err(open)?;
        let mut pages = Pages {
            file,
            charges: Vec::new(),
            by_key: HashMap::new(),
        };
        for charge in read(path)? {
            pages.remember(charge);
        }
        let orders = GroupCommit::start("provider-book", move |orders| pages.charge(orders));
        Ok(Self {
            orders: orders.map_err(open)?,
        })
    }

    /// Charges the order, unless its key was charged before. Returns when the line is on disk.
    pub(crate) async fn charge(&self, order: Order) -> Result<Entry, CommitError<BookError>> {
        self.orders.submit(order).await
    }
}

/// Reads all charges of a book. A book that does not exist has none.
pub(crate) fn read(path: &Path) -> Result<Vec<Charge>, BookError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    csv::Reader::from_path(path)
        .and_then(|mut reader| reader.deserialize().collect())
        .map_err(|source| BookError::Read {
            path: path.to_owned(),
            source,
        })
}

/// Opens the file for appending, without the half line that a killed writer may have left: its
/// customer never got a receipt.
fn open_whole_lines(path: &Path) -> io::Result<File> {
    let mut file = OpenOptions::new()
        .create(true)
        .read(true)
        .append(true)
        .open(path)?;
    let mut content = Vec::new();
    file.read_to_end(&mut content)?;
    let whole = content
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |last| last + 1);
    if whole < content.len() {
        file.set_len(whole as u64)?;
    }
    if whole == 0 {
        file.write_all(b"receipt,idempotency_key,amount_cents,currency\n")?;
        file.sync_all()?;
        sync_entry_of(path)?;
    }
    Ok(file)
}

/// The book as its only writer sees it.
struct Pages {
    file: File,
    charges: Vec<Charge>,
    by_key: HashMap<String, usize>,
}

impl Pages {
    /// Enters all the orders and flushes the file once, or leaves everything as it was.
    fn charge(&mut self, orders: Vec<Order>) -> Result<Vec<Entry>, BookError> {
        let known = self.charges.len();
        let end = self.file.metadata()?.len();
        let entries = orders.into_iter().map(|order| self.enter(order)).collect();
        if let Err(error) = self.append(known) {
            for charge in self.charges.drain(known..) {
                self.by_key.remove(&charge.idempotency_key);
            }
            self.file.set_len(end)?;
            return Err(error);
        }
        Ok(entries)
    }

    fn enter(&mut self, order: Order) -> Entry {
        if let Some(&place) = self.by_key.get(&order.idempotency_key) {
            let charge = &self.charges[place];
            let same =
                charge.amount_cents == order.amount_cents && charge.currency == order.currency;
            return if same {
                Entry::Charged {
                    receipt: charge.receipt,
                    before: true,
                }
            } else {
                Entry::KeyTaken
            };
        }
        let receipt = self.charges.len() as u64 + 1;
        self.remember(Charge {
            receipt,
            idempotency_key: order.idempotency_key,
            amount_cents: order.amount_cents,
            currency: order.currency,
        });
        Entry::Charged {
            receipt,
            before: false,
        }
    }

    fn remember(&mut self, charge: Charge) {
        self.by_key
            .insert(charge.idempotency_key.clone(), self.charges.len());
        self.charges.push(charge);
    }

    fn append(&mut self, known: usize) -> Result<(), BookError> {
        if known == self.charges.len() {
            return Ok(());
        }
        let mut lines = csv::WriterBuilder::new()
            .has_headers(false)
            .from_writer(Vec::new());
        for charge in &self.charges[known..] {
            lines.serialize(charge)?;
        }
        let lines = lines
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)?;
        self.file.write_all(&lines)?;
        self.file.sync_data()?;
        Ok(())
    }
}
