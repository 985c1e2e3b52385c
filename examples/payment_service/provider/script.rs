//! The script of the provider's bad day, in shares of the payments that have come up so far.
//!
//! Shares rather than seconds: the story is the same for ten payments and for a million.

use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How the provider is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    Well,
    /// Answers 503.
    Failing,
    /// Takes the request and never answers.
    Hanging,
}

/// When the outage begins, changes and ends, in percent of the payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outage {
    errors: usize,
    hangs: usize,
    /// None where the provider never recovers.
    recovery: Option<usize>,
}

/// The text is not an outage.
#[derive(Debug, thiserror::Error)]
#[error(
    "expected `none`, or three rising percentages such as 25,40,70: where errors begin, where \
     calls begin to hang, where all is well again; the last may be `never`"
)]
pub(crate) struct OutageError;

impl FromStr for Outage {
    type Err = OutageError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split(',').collect();
        let [errors, hangs, recovery] = match parts[..] {
            ["none"] => ["0", "0", "0"],
            [errors, hangs, recovery] => [errors, hangs, recovery],
            _ => return Err(OutageError),
        };
        let percentage = |text: &str| text.trim().parse::<usize>().map_err(|_| OutageError);
        let outage = Self {
            errors: percentage(errors)?,
            hangs: percentage(hangs)?,
            recovery: match recovery.trim() {
                "never" => None,
                recovery => Some(percentage(recovery)?),
            },
        };
        let end = outage.recovery.unwrap_or(100);
        if outage.errors <= outage.hangs && outage.hangs <= end && end <= 100 {
            Ok(outage)
        } else {
            Err(OutageError)
        }
    }
}

/// An outage as it unfolds.
#[derive(Debug)]
pub(crate) struct Script {
    outage: Outage,
    payments: usize,
    come_up: AtomicUsize,
}

impl Script {
    /// The outage of a run that makes so many payments.
    pub(crate) fn new(outage: Outage, payments: usize) -> Self {
        Self {
            outage,
            payments,
            come_up: AtomicUsize::new(0),
        }
    }

    /// Another payment has come up, and finds the provider in this health.
    pub(crate) fn advance(&self) -> Health {
        // Relaxed: the count is the whole message.
        self.health_at(self.come_up.fetch_add(1, Ordering::Relaxed))
    }

    /// How the provider is doing now.
    pub(crate) fn health(&self) -> Health {
        self.health_at(self.come_up.load(Ordering::Relaxed))
    }

    /// How many payments come up while the provider is not well.
    pub(crate) fn payments_in_outage(&self) -> usize {
        (0..self.payments)
            .filter(|&come_up| self.health_at(come_up) != Health::Well)
            .count()
    }

    fn health_at(&self, come_up: usize) -> Health {
        let has_come = |percentage| come_up * 100 >= percentage * self.payments;
        if self.outage.recovery.is_some_and(has_come) {
            Health::Well
        } else if has_come(self.outage.hangs) {
            Health::Hanging
        } else if has_come(self.outage.errors) {
            Health::Failing
        } else {
            Health::Well
        }
    }
}
