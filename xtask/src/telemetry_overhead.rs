//! What a call costs that somebody watches.
//!
//! What is compiled in depends on features, so there is a program for each set of them. They run in
//! turns: a machine that gets slower meanwhile does so for all of them.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::process::{Failed, cargo, output, root, run};
use crate::provide::provide;

/// The builds: their names, and the features of `resilience-benches`.
const BUILDS: [(&str, &str); 4] = [
    ("plain", ""),
    ("tracing", "tracing"),
    ("metrics", "metrics"),
    ("all", "tracing-subscriber"),
];

/// The calls, as the program names them.
const CALLS: [&str; 3] = [
    "#[circuit_breaker]",
    "call_blocking",
    "#[circuit_breaker], rejected",
];

/// A row of the table.
struct Watch {
    what: &'static str,
    build: &'static str,
    /// As the program names it.
    by: &'static str,
    /// How many instructions more than the first row's are promised at the most.
    most_instructions: Option<f64>,
    /// How many times as long as the first row's is promised at the most.
    most_times: Option<f64>,
}

const WATCHES: [Watch; 7] = [
    watch("no telemetry feature", "plain", "nobody"),
    Watch {
        most_instructions: Some(20.0),
        ..watch("`tracing`, no subscriber", "tracing", "nobody")
    },
    watch("`metrics-core`, metrics never read", "metrics", "nobody"),
    Watch {
        most_times: Some(1.3),
        ..watch("metrics", "metrics", "metrics")
    },
    watch("a buffer and a stream of events", "plain", "events"),
    watch(
        "all of it, and a subscriber of log lines",
        "all",
        "all, log lines",
    ),
    watch("all of it, and a subscriber of spans", "all", "all, spans"),
];

const fn watch(what: &'static str, build: &'static str, by: &'static str) -> Watch {
    Watch {
        what,
        build,
        by,
        most_instructions: None,
        most_times: None,
    }
}

const ROUNDS: usize = 7;

/// What a call takes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cost {
    instructions: f64,
    nanos: f64,
}

type Costs = [Cost; CALLS.len()];

pub(crate) fn measure(save: bool) -> Result<(), Failed> {
    provide("valgrind", "counts the instructions")?;
    for (name, features) in BUILDS {
        build(name, features)?;
    }
    let mut nanos = WATCHES.map(|_| CALLS.map(|_| Vec::new()));
    for _ in 0..ROUNDS {
        for (watch, nanos) in WATCHES.iter().zip(&mut nanos) {
            for (sample, nanos) in ask(watch, "--time")?.into_iter().zip(nanos) {
                nanos.push(sample);
            }
        }
    }
    let mut costs = Vec::new();
    for (watch, mut nanos) in WATCHES.iter().zip(nanos) {
        let mut row = CALLS.map(|_| Cost {
            instructions: 0.0,
            nanos: 0.0,
        });
        let counts = ask(watch, "--count")?;
        for ((cost, instructions), nanos) in row.iter_mut().zip(counts).zip(&mut nanos) {
            nanos.sort_by(f64::total_cmp);
            *cost = Cost {
                instructions,
                nanos: nanos[ROUNDS / 2],
            };
        }
        costs.push(row);
    }
    let table = table(&costs);
    print!("{table}");
    if save {
        fs::write(root().join("docs/telemetry-overhead.md"), page(&table))
            .map_err(|error| Failed::Finding(error.to_string()))?;
    }
    let findings = findings(&costs);
    if findings.is_empty() {
        Ok(())
    } else {
        Err(Failed::Finding(findings.join("\n")))
    }
}

/// Where the programs are kept: they have one name, so each build would overwrite the one before.
fn program(build: &str) -> PathBuf {
    root().join("target/telemetry-overhead").join(build)
}

fn build(name: &str, features: &str) -> Result<(), Failed> {
    let kept = program(name);
    let target = kept.with_file_name("build");
    run(cargo(&[
        "build",
        "--quiet",
        "--release",
        "--package",
        "resilience-benches",
        "--bin",
        "telemetry",
        "--no-default-features",
        "--features",
        features,
    ])
    .env("CARGO_TARGET_DIR", &target))?;
    fs::copy(target.join("release/telemetry"), &kept)
        .map(|_| ())
        .map_err(|error| Failed::Finding(format!("{}: {error}", kept.display())))
}

/// What the program says of each call: the first number of its lines.
fn ask(watch: &Watch, mode: &str) -> Result<[f64; CALLS.len()], Failed> {
    let said = output(Command::new(program(watch.build)).args([mode, watch.by]))?;
    let mut numbers = [0.0; CALLS.len()];
    for (call, number) in CALLS.iter().zip(&mut numbers) {
        *number = said
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .find(|(_, rest)| rest == call)
            .and_then(|(number, _)| number.parse().ok())
            .ok_or_else(|| Failed::Finding(format!("nothing of '{call}' in:\n{said}")))?;
    }
    Ok(numbers)
}

fn table(costs: &[Costs]) -> String {
    let mut table = String::from("| |");
    let mut line = String::from("|---|");
    for call in CALLS {
        // Writing to a string does not fail, here and below.
        let _ = write!(table, " `{call}` | × | instructions |");
        line.push_str("--:|--:|--:|");
    }
    let _ = writeln!(table, "\n{line}");
    let Some(first) = costs.first() else {
        return table;
    };
    for (watch, costs) in WATCHES.iter().zip(costs) {
        let _ = write!(table, "| {} |", watch.what);
        for (cost, first) in costs.iter().zip(first) {
            let times = cost.nanos / first.nanos;
            let _ = write!(
                table,
                " {:.1} ns | {times:.2} | {:.0} |",
                cost.nanos, cost.instructions
            );
        }
        table.push('\n');
    }
    table
}

/// What is not as it is promised.
fn findings(costs: &[Costs]) -> Vec<String> {
    let Some(first) = costs.first() else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for (watch, costs) in WATCHES.iter().zip(costs) {
        for ((call, cost), first) in CALLS.iter().zip(costs).zip(first) {
            let more = cost.instructions - first.instructions;
            if let Some(most) = watch.most_instructions
                && more > most
            {
                findings.push(format!(
                    "{}: `{call}` takes {more:.0} instructions more, and {most:.0} are promised",
                    watch.what
                ));
            }
            let times = cost.nanos / first.nanos;
            if let Some(most) = watch.most_times
                && times > most
            {
                findings.push(format!(
                    "{}: `{call}` takes {times:.2} times as long, and {most:.1} are promised",
                    watch.what
                ));
            }
        }
    }
    findings
}

fn page(table: &str) -> String {
    format!(
        "\
# The overhead of telemetry

What a call through a circuit breaker takes that does nothing itself, by who watches it: made by
`cargo xtask telemetry-overhead --save`. Each set of features is a program of its own; they ran in turns,
{ROUNDS} times. Compare within a column, since machines differ. `×` is to the first row; a call that does
anything takes longer by the same number of nanoseconds, not by the same factor.

{table}
- `#[circuit_breaker]` is an async function that is ready at once, with a literal name; *rejected* is one
  whose breaker is OPEN.
- **`tracing`, no subscriber**: at most 20 instructions more. `cargo xtask instructions`, one of the
  checks on every change, counts that for these calls and for rate limiters and bulkheads. A plain call takes
  longer for them than their number says.
- **metrics**: at most 1.3 times as long. `cargo xtask instructions` keeps the counts; times are compared
  by this command alone.
- **a buffer and a stream of events**: the last 100 events of the breaker are kept, as the endpoints of
  `resilience-admin` have it, and a stream has a reader who is behind, so that each event pushes another
  out. Most of what it takes is the event itself, with the time of day. Without anybody who listens, an
  event is never made.
- **all of it**: metrics, that buffer and stream, and `tracing-subscriber` with its `fmt` layer, which
  writes to nowhere. *Log lines* is level INFO: there are no spans, and no line for a call that goes well;
  of rejections there is one in ten seconds. *Spans* is level DEBUG: a span for each call, with its
  fields, which is the subscriber's work for the most part.
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs(of: impl Fn(&Watch) -> Cost) -> Vec<Costs> {
        WATCHES
            .iter()
            .map(|watch| CALLS.map(|_| of(watch)))
            .collect()
    }

    fn cost(instructions: f64, nanos: f64) -> Cost {
        Cost {
            instructions,
            nanos,
        }
    }

    #[test]
    fn what_is_promised_holds_up_to_the_last_instruction() {
        let all = |watched| {
            costs(|watch| match (watch.by, watch.build) {
                ("nobody", "tracing") => cost(watched, 20.0),
                _ => cost(80.0, 20.0),
            })
        };
        assert_eq!(findings(&all(100.0)), Vec::<String>::new());
        let broken = findings(&all(101.0));
        assert_eq!(broken.len(), CALLS.len(), "{broken:?}");
        assert!(broken[0].contains("21 instructions more"), "{broken:?}");
    }

    #[test]
    fn metrics_may_take_as_much_time_as_is_promised() {
        let all = |watched| {
            costs(|watch| match watch.by {
                "metrics" => cost(500.0, watched),
                _ => cost(80.0, 20.0),
            })
        };
        assert_eq!(findings(&all(26.0)), Vec::<String>::new());
        let broken = findings(&all(26.5));
        assert!(broken[0].contains("1.32 times as long"), "{broken:?}");
    }

    #[test]
    fn all_rows_are_measured_against_the_first() {
        let table = table(&costs(|watch| match watch.by {
            "metrics" => cost(120.0, 30.0),
            _ => cost(80.0, 20.0),
        }));
        assert_eq!(table.lines().count(), 2 + WATCHES.len());
        assert!(
            table.contains("| metrics | 30.0 ns | 1.50 | 120 |"),
            "{table}"
        );
    }
}
