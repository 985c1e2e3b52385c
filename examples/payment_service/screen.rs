//! What the person at the terminal sees: a progress bar, or plain lines where there is no terminal.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use resilience4rs::State;

/// A plain line of progress at every twentieth of the way.
const PROGRESS_LINES: usize = 20;

/// Where a payment came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Input,
    Queue,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Settled,
    Queued,
}

#[derive(Debug)]
pub(crate) struct Screen {
    /// None where standard error is no terminal.
    bar: Option<ProgressBar>,
    counts: Mutex<Counts>,
}

#[derive(Debug)]
struct Counts {
    payments: usize,
    settled: usize,
    queue: usize,
    steps: usize,
    breaker: State,
}

impl Screen {
    pub(crate) fn new() -> Self {
        Self {
            bar: io::stderr().is_terminal().then(|| {
                let style = ProgressStyle::with_template("{bar:30} {pos}/{len} settled  {msg}");
                ProgressBar::new(0)
                    .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            }),
            counts: Mutex::new(Counts {
                payments: 0,
                settled: 0,
                queue: 0,
                steps: 0,
                breaker: State::Closed,
            }),
        }
    }

    /// Begins to count.
    pub(crate) fn begin(&self, payments: usize, queue: usize) {
        self.update(|counts| {
            counts.payments = payments;
            counts.queue = queue;
        });
        if let Some(bar) = &self.bar {
            bar.set_length(payments as u64);
        }
    }

    /// Prints a line, above the bar if there is one.
    pub(crate) fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| print(line)),
            None => print(line),
        }
    }

    /// A payment has taken a step.
    pub(crate) fn step(&self, origin: Origin, step: Step) {
        self.update(|counts| {
            match (origin, step) {
                (Origin::Input, Step::Settled) => counts.settled += 1,
                (Origin::Input, Step::Queued) => counts.queue += 1,
                (Origin::Queue, Step::Settled) => {
                    counts.settled += 1;
                    counts.queue = counts.queue.saturating_sub(1);
                }
                // Still where it was.
                (Origin::Queue, Step::Queued) => return,
            }
            counts.steps += 1;
            let steps_per_line = counts.payments.div_ceil(PROGRESS_LINES).max(1);
            if self.bar.is_none() && counts.steps.is_multiple_of(steps_per_line) {
                print(&format!(
                    "progress: {}/{} settled, {} in the queue, breaker {}",
                    counts.settled, counts.payments, counts.queue, counts.breaker
                ));
            }
        });
    }

    /// The breaker has changed its state.
    pub(crate) fn breaker(&self, state: State) {
        self.update(|counts| counts.breaker = state);
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn update(&self, update: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        update(&mut counts);
        if let Some(bar) = &self.bar {
            bar.set_position(counts.settled as u64);
            bar.set_message(format!(
                "{} queued  breaker {}",
                counts.queue, counts.breaker
            ));
        }
    }
}

/// Payments go on when nobody reads on: a closed pipe is no reason to panic, as `println!` would.
fn print(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}
