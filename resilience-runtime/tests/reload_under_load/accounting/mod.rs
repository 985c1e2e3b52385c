//! What must come out when two threads make calls while a third one changes the settings.

#![allow(
    clippy::unwrap_used,
    reason = "an account that meets something unforeseen is to fail"
)]

mod bulkhead;
mod circuit_breaker;
mod circuit_breaker_states;
mod rate_limiter;
mod retry;
pub(crate) mod stack;
mod thread_pool;
mod time_limiter;

use std::sync::mpsc;
use std::thread;

use resilience4rs::Registry;
use resilience4rs::configuration::Configuration;

/// How many threads make the calls.
pub(crate) const CALLERS: u64 = 2;

/// How much there is to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// Calls of both callers together.
    pub(crate) calls: u64,
    /// How many times the settings change meanwhile: each time by a reload, and by `change_config`.
    pub(crate) changes: u64,
}

/// Something that must come out to the last call.
pub(crate) struct Account {
    pub(crate) title: &'static str,
    /// Panics where anything is missing, or there is too much of it; else says what there is.
    pub(crate) settle: fn(Load) -> String,
}

pub(crate) const ACCOUNTS: &[Account] = &[
    Account {
        title: "circuit breaker: a window of seconds",
        settle: circuit_breaker::window_of_seconds,
    },
    Account {
        title: "circuit breaker: a window of calls",
        settle: circuit_breaker::window_of_calls,
    },
    Account {
        title: "circuit breaker: a window whose shape changes",
        settle: circuit_breaker::window_whose_shape_changes,
    },
    Account {
        title: "circuit breaker: a half-open round",
        settle: circuit_breaker_states::half_open_round,
    },
    Account {
        title: "circuit breaker: states that come and go",
        settle: circuit_breaker_states::states_that_come_and_go,
    },
    Account {
        title: "bulkhead: permits",
        settle: bulkhead::permits,
    },
    Account {
        title: "bulkhead: tasks that wait",
        settle: bulkhead::tasks_that_wait,
    },
    Account {
        title: "bulkhead: threads that wait",
        settle: bulkhead::threads_that_wait,
    },
    Account {
        title: "thread-pool bulkhead: calls",
        settle: thread_pool::calls,
    },
    Account {
        title: "rate limiter: one period",
        settle: rate_limiter::one_period,
    },
    Account {
        title: "rate limiter: many periods",
        settle: rate_limiter::many_periods,
    },
    Account {
        title: "rate limiter: reservations that are dropped",
        settle: rate_limiter::reservations_that_are_dropped,
    },
    Account {
        title: "retry: attempts",
        settle: retry::attempts,
    },
    Account {
        title: "retry: budgets",
        settle: retry::budgets,
    },
    Account {
        title: "time limiter: calls",
        settle: time_limiter::calls,
    },
    Account {
        title: "all five attributes on one function",
        settle: stack::settle,
    },
];

impl Load {
    pub(crate) const FULL: Self = Self {
        calls: 5_000_000,
        changes: 1_000,
    };

    /// One of so many equal parts.
    fn part(self, parts: u64) -> Self {
        Self {
            calls: self.calls / parts,
            changes: self.changes / parts,
        }
    }

    /// The same number of changes to fewer calls, where a call is slow.
    fn with_one_call_in(self, fewer: u64) -> Self {
        Self {
            calls: self.calls / fewer,
            ..self
        }
    }

    /// Makes the calls, on threads of which each has a tally of its own, and changes the settings
    /// meanwhile: evenly over the calls, since it is these that ask for the next change. Who asks does
    /// not wait for the change, only for the one before it.
    ///
    /// A call is told its number, a change its.
    fn run<T: Default + Send>(
        self,
        call: impl Fn(&mut T, u64) + Sync,
        mut change: impl FnMut(u64),
    ) -> Vec<T> {
        let (ask, asked) = mpsc::sync_channel(1);
        let calls_to_a_change = self.calls / self.changes;
        thread::scope(|threads| {
            let call = &call;
            let callers: Vec<_> = (0..CALLERS)
                .map(|caller| {
                    let ask = ask.clone();
                    threads.spawn(move || {
                        let mut tally = T::default();
                        let from = self.calls * caller / CALLERS;
                        for number in from..self.calls * (caller + 1) / CALLERS {
                            if number.is_multiple_of(calls_to_a_change) {
                                ask.send(()).unwrap();
                            }
                            call(&mut tally, number);
                        }
                        tally
                    })
                })
                .collect();
            drop(ask);
            let mut changes = 0;
            for () in asked {
                change(changes);
                changes += 1;
            }
            assert_eq!(changes, self.changes);
            callers
                .into_iter()
                .map(|caller| caller.join().unwrap())
                .collect()
        })
    }
}

/// One of the numbers between these two: each is another than the one before, and all come.
fn vary(change: u64, least: u64, most: u64) -> u64 {
    // A step that has no factor in common with how many there are, unless they are very many.
    least + change * 7_919 % (most - least + 1)
}

/// Lets the instances called `loaded` take these settings of a policy, whose section is named so. They
/// are to be others than before.
fn reload(registry: &Registry, section: &str, settings: &str) {
    let text = format!("resilience4j.{section}.instances.loaded: {{{settings}}}");
    assert_ne!(reload_text(registry, &text), 0, "{text}");
}

/// How many instances have other settings now.
fn reload_text(registry: &Registry, text: &str) -> usize {
    let configuration = Configuration::from_yaml_str(text).unwrap();
    registry.reload(configuration).unwrap().changes.len()
}

fn sum<T>(tallies: &[T], of: impl Fn(&T) -> u64) -> u64 {
    tallies.iter().map(of).sum()
}
