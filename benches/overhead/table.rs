//! The table that the benchmark prints.

use std::fmt::Write;

use resilience_benches::By;

use crate::Row;
use crate::measure::Nanos;

const DIRECT: &str = "floor: direct async call";

/// The page of the documentation that the table is on.
pub(crate) fn page(table: &str) -> String {
    format!(
        "# Overhead\n\n\
        What a call costs through each policy and through a stack of them, made by\n\
        `cargo bench --bench overhead -- --save`. The guarded call does nothing and is ready at once unless the\n\
        group says otherwise, so this is the policy alone. All rows are from one run, taken in turns; compare\n\
        within a column, since machines differ.\n\n\
        - **1 thread**, **2 threads, shared**, **2 threads, apart**: nanoseconds per call and thread, minimum /\n  \
        median over the rounds; on one instance, and on one each.\n\
        - **instructions**: per call, counted by callgrind; the same on every run.\n\
        - **× direct**: median of 1 thread over the direct async call's.\n\
        - **× best peer**: median of 1 thread over that of the fastest peer in the group.\n\n\
        Our breaker times every call for the slow-call rate; of the peers' none does. A stack is, from the\n\
        outside to the inside: retry, breaker, rate limit, time limit, bulkhead, or what of these its row says.\n\
        By hand it is made of backon, recloser, governor, tokio's `timeout` and its `Semaphore`.\n\
        Our `try_acquire` and its peers' are the permit alone, without a call. A second attempt comes without\n\
        a wait; the time limit is one second, and its timer is cancelled.\n\n\
        Where our instructions go: [profile](profile.md).\n\n\
        ![Nanoseconds and instructions per call](overhead.svg)\n\n\
        {table}"
    )
}

pub(crate) fn render(rows: &[Row]) -> String {
    let direct = rows
        .iter()
        .find(|row| row.case.id() == DIRECT)
        .map(|row| row.times.one_thread.median);
    let mut table = String::from(
        "| | case | 1 thread | 2 threads, shared | 2 threads, apart | instructions | × direct | × best peer |\n\
         |---|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for row in rows {
        let times = row.times;
        let median = times.one_thread.median;
        // Writing to a string does not fail.
        let _ = writeln!(
            table,
            "| {group} | {name} | {one} | {shared} | {apart} | {instructions} | {direct} | {peer} |",
            group = row.case.group,
            name = name(row),
            one = pair(times.one_thread),
            shared = pair(times.two_threads_shared),
            apart = pair(times.two_threads_apart),
            instructions = decimal(row.instructions),
            direct = decimal(direct.map(|direct| median / direct)),
            peer = factor(best_peer(rows, row).map(|best| median / best)),
        );
    }
    table
}

/// The fastest peer's median in the row's group.
fn best_peer(rows: &[Row], row: &Row) -> Option<f64> {
    rows.iter()
        .filter(|peer| peer.case.group == row.case.group && peer.case.by == By::Peer)
        .map(|peer| peer.times.one_thread.median)
        .min_by(f64::total_cmp)
}

fn name(row: &Row) -> String {
    match row.case.by {
        By::Us => format!("**{}**", row.case.name),
        By::Nobody | By::Peer => row.case.name.to_owned(),
    }
}

fn pair(nanos: Nanos) -> String {
    format!("{:.1} / {:.1}", nanos.min, nanos.median)
}

fn decimal(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.0}"))
}

fn factor(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| format!("{value:.2}"))
}
