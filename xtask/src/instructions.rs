//! The instructions that a call takes, against those it took before.
//!
//! They are the same on every run on a machine and compiler, unlike times, so they can guard
//! against a call that gets slower bit by bit.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use crate::process::{Failed, cargo, output, root};
use crate::provide::provide;

/// Instructions per call, by case.
type Counts = BTreeMap<String, f64>;

/// The argument of the counting program that names a case.
const CASE: &str = "--case";

/// How much more than its baseline a case may take.
const TOLERANCE_PERCENT: f64 = 3.0;

/// What is promised of a case, over the direct call that takes `DIRECT`, however often the baseline
/// is saved anew.
const PROMISED: &[(&str, f64)] = &[
    ("closed, async: #[circuit_breaker]", 80.0),
    ("retry, plain: #[retry], plain", 40.0),
    ("stack, async: #[...], all five", 400.0),
    ("retry, async: #[retry]", 40.0),
];

/// A case that may take so many more than another.
const PROMISED_OVER: &[(&str, &str, f64)] = &[(
    "a handle or a literal name: a literal name",
    "a handle or a literal name: a handle at hand",
    3.0,
)];

/// A direct async call takes so many.
const DIRECT: f64 = 9.0;

/// What spans may cost that nobody wants: compiled in, without a subscriber.
const UNHEARD: &[(&str, f64)] = &[
    ("closed, async: #[circuit_breaker]", 20.0),
    ("closed, async: CircuitBreaker::call", 20.0),
    ("closed, plain: #[circuit_breaker], plain", 20.0),
    ("closed, plain: call_blocking", 20.0),
    ("open, async: #[circuit_breaker]", 20.0),
    ("open, async: CircuitBreaker::call", 20.0),
    ("open, plain: #[circuit_breaker], plain", 20.0),
    ("open, plain: call_blocking", 20.0),
    ("bulkhead: #[bulkhead]", 20.0),
    ("rate limit: #[rate_limiter]", 20.0),
];

pub(crate) fn check(save: bool) -> Result<(), Failed> {
    provide("valgrind", "counts the instructions")?;
    let now = count(&[])?;
    let baseline = baseline()?;
    print!("{}", table(&baseline, &now));
    if save {
        return write(&now);
    }
    // A build of its own: the feature is the program's, and so is all that is counted.
    let cases = UNHEARD.iter().flat_map(|(case, _)| [CASE, *case]);
    let arguments: Vec<_> = ["--features", "tracing", "--"]
        .into_iter()
        .chain(cases)
        .collect();
    let unheard = count(&arguments)?;
    println!("with spans that nobody wants");
    print!("{}", table(&now, &unheard));
    let mut findings = findings(&baseline, &now);
    findings.extend(too_loud(&now, &unheard));
    if findings.is_empty() {
        Ok(())
    } else {
        Err(Failed::Finding(findings.join("\n")))
    }
}

/// Counts all cases, or those that the arguments ask for.
fn count(arguments: &[&str]) -> Result<Counts, Failed> {
    let mut run = cargo(&[
        "run",
        "--quiet",
        "--release",
        "--package",
        "resilience-benches",
        "--bin",
        "instructions",
    ]);
    run.args(arguments);
    let lines = output(&mut run)?;
    lines
        .lines()
        .map(|line| {
            let (count, case) = line.split_once('\t')?;
            Some((case.to_owned(), count.parse().ok()?))
        })
        .collect::<Option<_>>()
        .ok_or_else(|| Failed::Finding(format!("these are no counts:\n{lines}")))
}

fn path() -> PathBuf {
    root().join("benches/instructions.toml")
}

fn baseline() -> Result<Counts, Failed> {
    let text = fs::read_to_string(path()).unwrap_or_default();
    toml::from_str(&text).map_err(|error| Failed::Finding(error.to_string()))
}

fn write(counts: &Counts) -> Result<(), Failed> {
    let mut text = String::from(
        "# Instructions per call: what `cargo xtask instructions` compares with, and writes with `--save`.\n",
    );
    for (case, count) in counts {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{case:?} = {count:.1}");
    }
    fs::write(path(), text).map_err(|error| Failed::Finding(error.to_string()))
}

fn table(baseline: &Counts, now: &Counts) -> String {
    let mut table = format!(
        "{:<48} {:>9} {:>9} {:>9}\n",
        "instructions per call", "baseline", "now", "change"
    );
    for (case, now) in now {
        let _ = match baseline.get(case) {
            Some(before) => writeln!(
                table,
                "{case:<48} {before:>9.1} {now:>9.1} {:>8.1}%",
                change_percent(*before, *now)
            ),
            None => writeln!(table, "{case:<48} {:>9} {now:>9.1} {:>9}", "", "new"),
        };
    }
    table
}

/// What is wrong with the counts, if anything.
fn findings(baseline: &Counts, now: &Counts) -> Vec<String> {
    let of_baseline = baseline.iter().filter_map(|(case, before)| {
        let Some(now) = now.get(case) else {
            return Some(format!(
                "'{case}' is in the baseline but not counted any more"
            ));
        };
        let change = change_percent(*before, *now);
        (change > TOLERANCE_PERCENT)
            .then(|| format!("'{case}' takes {change:.1} % more instructions than its baseline"))
    });
    let new = now.keys().filter(|case| !baseline.contains_key(*case));
    let broken = PROMISED.iter().filter_map(|(case, most)| {
        let over = now.get(*case)? - DIRECT;
        (over > *most).then(|| {
            format!("'{case}' takes {over:.0} instructions over the direct call, and {most:.0} are promised")
        })
    });
    let over_another = PROMISED_OVER.iter().filter_map(|(case, other, most)| {
        let over = now.get(*case)? - now.get(*other)?;
        (over > *most).then(|| {
            format!(
                "'{case}' takes {over:.1} instructions over '{other}', and {most:.0} are promised"
            )
        })
    });
    of_baseline
        .chain(broken)
        .chain(over_another)
        .chain(new.map(|case| format!("'{case}' has no baseline; `--save` makes one")))
        .collect()
}

/// What spans cost too much that nobody wants.
fn too_loud(without: &Counts, unheard: &Counts) -> Vec<String> {
    UNHEARD
        .iter()
        .filter_map(|(case, most)| match (without.get(*case), unheard.get(*case)) {
            (Some(without), Some(with)) => (with - without > *most).then(|| {
                let over = with - without;
                format!("'{case}' takes {over:.0} instructions more with the feature `tracing` and no subscriber, and {most:.0} are promised")
            }),
            _ => Some(format!("'{case}' is not counted with the feature `tracing`")),
        })
        .collect()
}

fn change_percent(before: f64, now: f64) -> f64 {
    (now - before) / before * 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(counts: &[(&str, f64)]) -> Counts {
        counts
            .iter()
            .map(|(case, count)| ((*case).to_owned(), *count))
            .collect()
    }

    #[test]
    fn three_percent_more_is_too_much_and_less_is_fine() {
        let baseline = counts(&[("same", 100.0), ("more", 100.0), ("less", 100.0)]);
        let now = counts(&[("same", 103.0), ("more", 103.5), ("less", 50.0)]);
        let findings = findings(&baseline, &now);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].starts_with("'more' takes 3.5 % more"));
    }

    #[test]
    fn a_promise_holds_whatever_the_baseline_says() {
        let stack = |count| counts(&[("stack, async: #[...], all five", count)]);
        assert_eq!(findings(&stack(409.0), &stack(409.0)), Vec::<String>::new());
        let broken = findings(&stack(410.0), &stack(410.0));
        assert!(broken[0].contains("401 instructions over"), "{broken:?}");
    }

    #[test]
    fn a_literal_name_is_held_to_the_handle_beside_it() {
        let both = |literal| {
            counts(&[
                ("a handle or a literal name: a handle at hand", 70.0),
                ("a handle or a literal name: a literal name", literal),
            ])
        };
        assert_eq!(findings(&both(73.0), &both(73.0)), Vec::<String>::new());
        let broken = findings(&both(73.5), &both(73.5));
        assert!(broken[0].contains("3.5 instructions over"), "{broken:?}");
    }

    #[test]
    fn spans_that_nobody_wants_have_their_bound() {
        let all = |count| -> Counts {
            let cases = UNHEARD.iter().map(|(case, _)| ((*case).to_owned(), count));
            cases.collect()
        };
        assert_eq!(too_loud(&all(80.0), &all(100.0)), Vec::<String>::new());
        let broken = too_loud(&all(80.0), &all(101.0));
        assert_eq!(broken.len(), UNHEARD.len());
        assert!(broken[0].contains("21 instructions more"), "{broken:?}");
        assert_eq!(too_loud(&all(80.0), &counts(&[])).len(), UNHEARD.len());
    }

    #[test]
    fn a_case_must_be_on_both_sides() {
        let findings = findings(&counts(&[("gone", 1.0)]), &counts(&[("new", 1.0)]));
        assert_eq!(findings.len(), 2, "{findings:?}");
    }
}
