//! The page: the figures, and how they were come by.

use crate::accounting::{CALLERS, Load};
use crate::latency::{Beside, Latencies, ROUNDS};

pub(crate) fn text(latencies: &[Latencies], accounts: &[(&str, String)]) -> String {
    let Load { calls, changes } = Load::FULL;
    let rows: String = latencies.iter().map(row).collect();
    let accounts: Vec<_> = accounts
        .iter()
        .map(|(title, found)| format!("| {title} | {found} |"))
        .collect();
    let accounts = accounts.join("\n");
    format!(
        "# Reloads under load\n\n\
        Measured by `cargo bench --bench reload -- --save`.\n\n\
        ## What a call takes meanwhile\n\n\
        {CALLERS} threads make {calls} calls of one async function with all five attributes, by literal names:\n\
        retry, breaker, rate limiter, time limiter, bulkhead, from the outside to the inside. The function is\n\
        ready at once; every tenth call fails at its first attempt and is made again without a wait. Meanwhile\n\
        a third thread changes the settings of all five {changes} times. A change is a `Registry::reload` of a\n\
        YAML text that differs from the one before in up to twelve settings, the reading of the text included, and\n\
        a `change_config` of each instance.\n\n\
        Nanoseconds of each call, over {ROUNDS} rounds in which the rows take turns:\n\n\
        | the third thread | p50 | p99 | p99.9 | p99.99 | longest of a round, median, in ms | longest of all, in ms | µs a change |\n\
        |---|--:|--:|--:|--:|--:|--:|--:|\n\
        {rows}\n\
        - The machine has two processors, and the third thread needs one of them for every change. What a call\n\
          \x20 that is stopped for it then takes is the scheduler's doing: so the second and the third row keep a\n\
          \x20 processor busy without touching what is called. The second reads the texts; the third also reloads, but\n\
          \x20 a registry of its own. What reloads cost the calls is the difference of the last row to the third.\n\
        - In the first row one thread makes all calls. In the others two write the same words of the same five\n\
          \x20 instances, and where both run at once, a processor waits for what the other has written: that, not\n\
          \x20 the third thread, is what most of the time of a call goes to there. On a machine that gives them one\n\
          \x20 processor, all rows are as the first.\n\
        - Each call is between two readings of the time stamp counter (`quanta`), which are in all figures:\n\
          \x20 about 15 ns. Recording is not. The histogram (`hdrhistogram`) has three significant digits.\n\
        - The callers ask for the next change every {interval} calls and do not wait for it. {in_time} changes of\n\
          \x20 {all} were made while both were calling.\n\
        - A call begins when the one before has ended, so that one which is stopped counts once, however long.\n\
        - After each round, all that the policies counted is compared with what was called, as below.\n\n\
        ## What must not be lost\n\n\
        In each account, {CALLERS} threads make {calls} calls while settings change {changes} times, each time by a\n\
        reload and by `change_config`. What the instances show afterwards is compared with what the callers saw,\n\
        to the last call. A test runs the same accounts with smaller numbers\n\
        (`resilience-runtime/tests/reload_under_load`). Where threads block, there is one call in a hundred.\n\n\
        | account | what came out, and had to |\n\
        |---|---|\n\
        {accounts}\n\n\
        Windows are copied when their length changes, and calls that end meanwhile do not wait for the copy. Only\n\
        between a window of calls and one of seconds nothing is kept.\n",
        interval = calls / changes,
        in_time = latencies.iter().map(|row| row.in_time).sum::<u64>(),
        all = latencies.iter().map(|row| row.changes).sum::<u64>(),
    )
}

fn row(row: &Latencies) -> String {
    let name = match row.beside {
        Beside::Nobody => "there is none, nor a second that calls",
        Beside::Nothing => "there is none",
        Beside::Reads => "reads the texts",
        Beside::ChangesOthers => "changes settings in another registry",
        Beside::Changes => "**changes the settings**",
    };
    let [p50, p99, p999, p9999] =
        [0.5, 0.99, 0.999, 0.9999].map(|quantile| row.calls.value_at_quantile(quantile));
    let mut longest = row.longest.clone();
    longest.sort_unstable();
    let micros_a_change = if row.changes == 0 {
        String::new()
    } else {
        format!("{:.0}", row.busy.as_secs_f64() * 1e6 / row.changes as f64)
    };
    format!(
        "| {name} | {p50} | {p99} | {p999} | {p9999} | {} | {} | {micros_a_change} |\n",
        millis(longest[longest.len() / 2]),
        millis(row.calls.max()),
    )
}

fn millis(nanos: u64) -> String {
    format!("{:.1}", nanos as f64 / 1e6)
}
