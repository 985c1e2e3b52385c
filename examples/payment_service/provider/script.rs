//! The script of the provider's bad day, in shares of the payments that have come up so far.
//!
//! Shares rather than seconds: the story is the same for ten payments and for a million.

use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How the provider is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    Well,
    /// Answers, and every fourth order after its customer has lost patience.
    Slow,
    /// Answers 503.
    Failing,
    /// Takes the request and never answers.
    Hanging,
}

impl Health {
    /// Whether no order gets an answer.
    pub(crate) fn is_out(self) -> bool {
        matches!(self, Self::Failing | Self::Hanging)
    }
}

/// When the bad day begins, changes and ends, in percent of the payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outage {
    slowness: usize,
    errors: usize,
    hangs: usize,
    /// None where the provider never recovers.
    recovery: Option<usize>,
}

/// The text is not an outage.
#[derive(Debug, thiserror::Error)]
#[error(
    "expected `none`, or four rising percentages such as 10,25,40,70: where the provider becomes \
     slow, where errors begin, where calls begin to hang, where all is well again; or the last \
     three rising percentages without slowness; the last may be `never`"
)]
pub(crate) struct OutageError;

impl FromStr for Outage {
    type Err = OutageError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split(',').collect();
        let [slowness, errors, hangs, recovery] = match parts[..] {
            ["none"] => ["0"; 4],
            [errors, hangs, recovery] => [errors, errors, hangs, recovery],
            [slowness, errors, hangs, recovery] => [slowness, errors, hangs, recovery],
            _ => return Err(OutageError),
        };
        let percentage = |text: &str| text.trim().parse::<usize>().map_err(|_| OutageError);
        let outage = Self {
            slowness: percentage(slowness)?,
            errors: percentage(errors)?,
            hangs: percentage(hangs)?,
            recovery: match recovery.trim() {
                "never" => None,
                recovery => Some(percentage(recovery)?),
            },
        };
        let end = outage.recovery.unwrap_or(100);
        let parts = [outage.slowness, outage.errors, outage.hangs, end, 100];
        if parts.is_sorted() {
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

    /// How many payments come up while the provider is out.
    pub(crate) fn payments_in_outage(&self) -> usize {
        (0..self.payments)
            .filter(|&come_up| self.health_at(come_up).is_out())
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
        } else if has_come(self.outage.slowness) {
            Health::Slow
        } else {
            Health::Well
        }
    }
}
