//! Each policy's part in the ledger, through slow answers and outages by script.

use crate::batch::Batch;
use crate::program::{Finished, Program};

/// That each policy gives account of what the one outside of it let through, and of nothing twice.
/// A run that had nothing to pay has no such account.
pub(crate) fn assert_parts_add_up(run: &Finished) {
    let ledger = run.ledger();
    if !ledger.contains_key("calls") {
        return;
    }
    let sum = |labels: &[&str]| labels.iter().map(|&label| ledger[label]).sum::<u64>();
    let ends = [
        "well at once",
        "well after retries",
        "not retried",
        "given up",
    ];
    for (whole, parts) in [
        ("calls", &ends[..]),
        ("attempts", &["calls", "retries"]),
        ("attempts", &["let through by the breaker", "turned away"]),
        (
            "let through by the breaker",
            &["got a place in the bulkhead", "found none in time"],
        ),
        (
            "got a place in the bulkhead",
            &["well within the time limit", "failed in time", "timed out"],
        ),
        (
            "well within the time limit",
            &["well at once", "well after retries"],
        ),
    ] {
        assert_eq!(
            ledger[whole],
            sum(parts),
            "{whole} is not {parts:?}: {}",
            run.stdout
        );
    }
    // An order that is given up before the provider has read it reaches nobody.
    let orders = ledger["orders to the provider"];
    assert!(
        orders <= ledger["got a place in the bulkhead"],
        "{}",
        run.stdout
    );
    assert!(ledger["charged before"] <= orders, "{}", run.stdout);
    let saved = ledger["calls saved by the breaker"];
    assert!(saved <= ledger["turned away"], "{}", run.stdout);
}

/// The same, and that the journal, which counts payments and knows of no policy, agrees: for the
/// first run of a state directory.
pub(crate) fn assert_parts_agree_with_the_journal(run: &Finished) {
    assert_parts_add_up(run);
    let ledger = run.ledger();
    assert_eq!(
        ledger["well at once"] + ledger["well after retries"],
        ledger["paid at once"] + ledger["queued and later paid"],
        "{}",
        run.stdout
    );
    assert_eq!(
        ledger["not retried"],
        ledger["turned away"] + ledger["declined"],
        "{}",
        run.stdout
    );
}

#[test]
fn slow_answers_time_out_and_are_made_again_and_nobody_pays_twice() {
    let batch = Batch::of_rows(240);
    let program = Program::with_input(&batch.csv);
    let slow = ["--outage", "10,90,90,90", "--over", "4"];
    let run = program.run_with(&slow);
    batch.assert_paid(&program, &run);
    assert_parts_agree_with_the_journal(&run);

    let ledger = run.ledger();
    for part in ["timed out", "retries", "well after retries"] {
        assert!(ledger[part] > 10, "{part}: {}", run.stdout);
    }
    // Some of the attempts that timed out had been charged, and were made again.
    assert!(ledger["charged before"] > 0, "{}", run.stdout);
    // No answer was an error, those to declined cards aside.
    assert_eq!(
        ledger["failed in time"], ledger["declined"],
        "{}",
        run.stdout
    );
}

#[test]
fn a_crowd_before_a_slow_provider_waits_for_places_and_not_for_ever() {
    let batch = Batch::of_rows(300);
    let program = Program::with_input(&batch.csv);
    let run = program.run_with(&["--outage", "0,100,100,100", "--over", "0"]);
    batch.assert_paid(&program, &run);
    assert_parts_agree_with_the_journal(&run);
    assert!(run.ledger()["found none in time"] > 0, "{}", run.stdout);
    assert!(
        run.stdout.contains("at most 12 of 12 taken"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("and 0 seen waiting"), "{}", run.stdout);
}

#[test]
fn in_an_outage_retries_end_at_the_breaker_and_at_the_budget() {
    let program = Program::with_input(&Batch::of_rows(60).csv);
    let run = program.run_with(&["--outage", "0,100,never", "--patience", "1", "--over", "1"]);
    assert_eq!(run.code, Some(2), "{}{}", run.stdout, run.stderr);
    assert_parts_agree_with_the_journal(&run);
    let ledger = run.ledger();
    for part in ["retries", "given up", "turned away", "failed in time"] {
        assert!(ledger[part] > 0, "{part}: {}", run.stdout);
    }
    assert!(ledger["turned away"] > ledger["let through by the breaker"]);
    assert_eq!(ledger["well within the time limit"], 0, "{}", run.stdout);
}

#[test]
fn with_a_provider_who_is_well_the_policies_leave_no_trace() {
    let batch = Batch::of_rows(120);
    let program = Program::with_input(&batch.csv);
    let well = [
        "--outage",
        "none",
        "--concurrency",
        "1",
        "--timeout",
        "60000",
    ];
    let run = program.run_with(&well);
    batch.assert_paid(&program, &run);
    assert_parts_agree_with_the_journal(&run);

    let ledger = run.ledger();
    for part in [
        "calls",
        "attempts",
        "let through by the breaker",
        "got a place in the bulkhead",
        "orders to the provider",
    ] {
        assert_eq!(ledger[part], ledger["payments"], "{part}: {}", run.stdout);
    }
    for part in ["given up", "timed out", "charged before"] {
        assert_eq!(ledger[part], 0, "{part}: {}", run.stdout);
    }
}
