//! The account at the end of a run.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::audit::Audit;
use crate::comparison::Comparison;
use crate::journal::{Fate, Record};
use crate::parts::Parts;
use crate::provider::book::Charge;

/// How many ids of each kind of trouble are named.
const NAMED: usize = 10;

/// What this run did, which neither the journal nor the book can tell.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) input: String,
    pub(crate) rejects_file: PathBuf,
    /// The ids of the rows that are payments.
    pub(crate) accepted: Vec<String>,
    pub(crate) rejected: usize,
    /// Payments that were settled before this run began.
    pub(crate) settled_before: usize,
    pub(crate) parts: Parts,
    pub(crate) comparison: Arc<Comparison>,
}

/// The account. Displays as what the program prints last.
#[derive(Debug)]
pub(crate) struct Ledger {
    run: Run,
    fates: Fates,
    charges: usize,
    /// Payments of this state directory that the input no longer has.
    earlier_inputs: usize,
    audit: Audit,
}

#[derive(Debug, Default)]
struct Fates {
    paid_at_once: usize,
    paid_from_queue: usize,
    declined: usize,
    queued: usize,
}

impl Ledger {
    pub(crate) fn new(run: Run, records: &[Record], book: &[Charge]) -> Self {
        let mut fates = Fates::default();
        for record in records {
            match record.fate {
                Fate::Paid { from_queue, .. } if from_queue => fates.paid_from_queue += 1,
                Fate::Paid { .. } => fates.paid_at_once += 1,
                Fate::Declined { .. } => fates.declined += 1,
                Fate::Queued { .. } => fates.queued += 1,
                // The audit counts it as lost.
                Fate::Pending => {}
            }
        }
        Self {
            fates,
            charges: book.len(),
            audit: Audit::of(&run.accepted, records, book),
            earlier_inputs: records.len().saturating_sub(run.accepted.len()),
            run,
        }
    }

    /// Whether nothing was lost and nothing paid twice.
    pub(crate) fn is_clean(&self) -> bool {
        self.audit.is_clean()
    }

    /// Whether nothing is left for another run.
    pub(crate) fn is_complete(&self) -> bool {
        self.fates.queued == 0
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            run, fates, audit, ..
        } = self;
        let rejects = match run.rejected {
            0 => String::new(),
            _ => format!("   see {}", run.rejects_file.display()),
        };
        writeln!(f, "Ledger of {}", run.input)?;
        line(f, "rows read", run.accepted.len() + run.rejected, "")?;
        line(f, "  rejected rows", run.rejected, &rejects)?;
        line(f, "  payments", run.accepted.len(), "")?;
        if self.earlier_inputs > 0 {
            let remark = "   accepted from an earlier version of the input";
            line(f, "payments before", self.earlier_inputs, remark)?;
        }
        line(f, "paid at once", fates.paid_at_once, "")?;
        line(f, "queued and later paid", fates.paid_from_queue, "")?;
        line(f, "declined", fates.declined, "")?;
        let next_run = if self.is_complete() {
            ""
        } else {
            "   for the next run"
        };
        line(f, "still queued", fates.queued, next_run)?;
        line(f, "lost", audit.lost.len(), &named(&audit.lost))?;
        line(
            f,
            "paid twice",
            audit.paid_twice.len(),
            &named(&audit.paid_twice),
        )?;
        line(
            f,
            "unaccounted for",
            audit.unaccounted.len(),
            &named(&audit.unaccounted),
        )?;
        line(f, "charges in provider's book", self.charges, "")?;
        line(f, "settled by earlier runs", run.settled_before, "")?;
        line(
            f,
            "calls saved by the breaker",
            run.parts.saved_calls,
            "   payments of this run that it spared the provider",
        )?;
        self.fmt_parts(f)?;
        self.fmt_comparison(f)
    }
}

impl Ledger {
    fn fmt_parts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.run.parts;
        if parts.calls == 0 {
            return Ok(());
        }
        writeln!(f, "  What each policy did in this run, outermost first")?;
        line(
            f,
            "calls",
            parts.calls,
            "   payments, and what the queue offered",
        )?;
        line(f, "  well at once", parts.well_at_once, "")?;
        line(f, "  well after retries", parts.well_after_retries, "")?;
        line(
            f,
            "  not retried",
            parts.not_retried,
            "   declined, or the breaker was open",
        )?;
        let refused = match parts.refused_retries {
            0 => String::new(),
            refused => format!("   {refused} of them for want of budget"),
        };
        line(f, "  given up", parts.given_up, &refused)?;
        line(
            f,
            "attempts",
            parts.attempts,
            "   the calls and their retries",
        )?;
        line(f, "  retries", parts.retries, "")?;
        line(f, "let through by the breaker", parts.let_through, "")?;
        line(f, "  turned away", parts.turned_away, "")?;
        let most = format!(
            "   at most {} of {} taken, and {} seen waiting",
            parts.most_places, parts.places, parts.most_waiting
        );
        line(f, "got a place in the bulkhead", parts.got_a_place, &most)?;
        line(f, "  found none in time", parts.found_none, "")?;
        line(f, "well within the time limit", parts.well_in_time, "")?;
        line(
            f,
            "  failed in time",
            parts.failed_in_time,
            "   declined cards among them",
        )?;
        line(f, "  timed out", parts.timed_out, "")?;
        line(f, "orders to the provider", parts.orders, "")?;
        line(
            f,
            "  charged before",
            parts.repeats,
            "   and not again, thanks to the idempotency key",
        )
    }

    fn fmt_comparison(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comparison = &self.run.comparison;
        let samples = comparison.without_breaker().count();
        if samples == 0 {
            return Ok(());
        }
        writeln!(
            f,
            "  How long callers waited during the outage: {samples} payments, and with each a dry run \
             sent straight to the provider"
        )?;
        writeln!(f, "    with the breaker     {}", comparison.with_breaker())?;
        writeln!(
            f,
            "    without the breaker  {}",
            comparison.without_breaker()
        )
    }
}

fn line(
    f: &mut fmt::Formatter<'_>,
    label: &str,
    figure: impl fmt::Display,
    remark: &str,
) -> fmt::Result {
    writeln!(f, "  {label:<30}{figure:>9}{remark}")
}

/// The first few of the payments in trouble.
fn named(ids: &[String]) -> String {
    let more = if ids.len() > NAMED { ", …" } else { "" };
    let indent = if ids.is_empty() { "" } else { "   " };
    format!("{indent}{}{more}", ids[..ids.len().min(NAMED)].join(", "))
}
