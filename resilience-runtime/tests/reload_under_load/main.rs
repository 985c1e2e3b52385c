//! Calls that go on while settings change: no permit is lost, and no count that nothing resets.
//!
//! In a build with optimizations the numbers are the full ones. The benchmark `reload` runs the same
//! accounts, and `docs/reload.md` has what came of them.

mod accounting;

use accounting::{ACCOUNTS, Load};

const LOAD: Load = if cfg!(debug_assertions) {
    Load {
        calls: 60_000,
        changes: 120,
    }
} else {
    Load::FULL
};

/// Runs the account of this title.
fn settle(title: &str) {
    for account in ACCOUNTS.iter().filter(|account| account.title == title) {
        (account.settle)(LOAD);
    }
}

/// One test for each account, and none is left out.
macro_rules! tests {
    ($($test:ident: $title:literal,)*) => {
        $(
            #[test]
            fn $test() {
                settle($title);
            }
        )*

        #[test]
        fn every_account_is_a_test() {
            let titles = ACCOUNTS.iter().map(|account| account.title);
            assert!(titles.eq([$($title),*]));
        }
    };
}

tests! {
    a_window_of_seconds: "circuit breaker: a window of seconds",
    a_window_of_calls: "circuit breaker: a window of calls",
    a_window_whose_shape_changes: "circuit breaker: a window whose shape changes",
    a_half_open_round: "circuit breaker: a half-open round",
    states_that_come_and_go: "circuit breaker: states that come and go",
    permits_of_a_bulkhead: "bulkhead: permits",
    those_who_wait_for_a_bulkhead: "bulkhead: tasks that wait",
    threads_that_wait_for_a_bulkhead: "bulkhead: threads that wait",
    calls_of_a_thread_pool: "thread-pool bulkhead: calls",
    one_period_of_a_rate_limiter: "rate limiter: one period",
    many_periods_of_a_rate_limiter: "rate limiter: many periods",
    reservations_of_a_rate_limiter: "rate limiter: reservations that are dropped",
    attempts_of_a_retry: "retry: attempts",
    retries_of_a_budget: "retry: budgets",
    calls_of_a_time_limiter: "time limiter: calls",
    a_stack: "all five attributes on one function",
}
