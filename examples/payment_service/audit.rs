//! Our journal against the provider's book: is every payment there, and there once?

use std::collections::{HashMap, HashSet};

use crate::journal::{Fate, Record};
use crate::provider::book::Charge;

/// What the two do not agree on, by payment id.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Audit {
    /// Accepted and nowhere to be found: not paid, not declined, not queued; or paid by our account
    /// and not by the provider's.
    pub(crate) lost: Vec<String>,
    /// In the book more than once.
    pub(crate) paid_twice: Vec<String>,
    /// In the book, and not, or not like this, in the journal.
    pub(crate) unaccounted: Vec<String>,
}

impl Audit {
    /// `accepted` are the payments that must be in the journal.
    pub(crate) fn of(accepted: &[String], records: &[Record], book: &[Charge]) -> Self {
        let mut charges: HashMap<&str, Vec<&Charge>> = HashMap::new();
        for charge in book {
            charges
                .entry(&charge.idempotency_key)
                .or_default()
                .push(charge);
        }
        let known: HashSet<&str> = records.iter().map(|record| &*record.request.id).collect();
        let forgotten = accepted.iter().filter(|id| !known.contains(id.as_str()));
        let mut audit = Self {
            lost: forgotten.cloned().collect(),
            ..Self::default()
        };
        for record in records {
            let id = &record.request.id;
            let charges = charges.remove(id.as_str()).unwrap_or_default();
            if charges.len() > 1 {
                audit.paid_twice.push(id.clone());
            }
            match &record.fate {
                // Nothing has been promised yet about these.
                Fate::Queued { .. } => {}
                Fate::Pending => audit.lost.push(id.clone()),
                Fate::Paid { receipt, .. } => {
                    if charges.is_empty() {
                        audit.lost.push(id.clone());
                    } else if !charges.iter().any(|charge| {
                        charge.receipt == *receipt
                            && charge.amount_cents == record.request.amount_cents
                            && charge.currency == record.request.currency
                    }) {
                        audit.unaccounted.push(id.clone());
                    }
                }
                Fate::Declined { .. } => {
                    if !charges.is_empty() {
                        audit.unaccounted.push(id.clone());
                    }
                }
            }
        }
        audit
            .unaccounted
            .extend(charges.into_keys().map(str::to_owned));
        audit
    }

    /// Whether everything is in order.
    pub(crate) fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.paid_twice.is_empty() && self.unaccounted.is_empty()
    }
}
