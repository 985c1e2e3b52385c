//! What the program makes of its options.

use crate::program::{Program, binary};

#[test]
fn a_number_out_of_range_is_named_with_its_option_and_what_is_allowed() {
    let program = Program::with_input(b"id,amount_cents,currency,card\n");
    for (option, value, allowed) in [
        ("--concurrency", "0", "a whole number from 1 to 65535"),
        ("--concurrency", "-1", "a whole number from 1 to 65535"),
        ("--concurrency", "many", "a whole number from 1 to 65535"),
        ("--timeout", "0", "a whole number from 1 to 65535"),
        ("--timeout", "-400", "a whole number from 1 to 65535"),
        ("--timeout", "65536", "a whole number from 1 to 65535"),
        ("--over", "-1", "a whole number from 0 to 65535"),
        ("--patience", "-1", "a whole number from 0 to 65535"),
        ("--patience", "1.5", "a whole number from 0 to 65535"),
        ("--outage", "-1,40,70", "three rising percentages"),
        ("--outage", "50,25,40,70", "four rising percentages"),
        ("--outage", "10,20,30,40,50", "four rising percentages"),
    ] {
        let run = program.run_with(&[option, value]);
        run.assert_refused(&[option, &format!("'{value}'"), allowed]);
    }
}

#[test]
fn the_help_teaches() {
    let help = std::process::Command::new(binary())
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for topic in [
        "--payments",
        "--data",
        "--fresh",
        "id,amount_cents,currency,card",
        "rejects.csv",
        "Exit codes",
    ] {
        assert!(help.contains(topic), "no {topic}: {help}");
    }
}

#[test]
fn the_state_is_kept_below_the_current_directory() {
    let program = Program::with_input(b"id,amount_cents,currency,card\na,1,EUR,tok_b\n");
    let run = program.run_in_its_directory();
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let state = run
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix("state directory: "))
        .unwrap();
    assert!(
        state.starts_with("target/payment_service/payments-"),
        "{state}"
    );
    let directory = program.input().parent().unwrap().join(state);
    assert!(directory.join("provider-book.csv").exists(), "{state}");
}
