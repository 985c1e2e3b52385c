//! The example `payment_service`, driven as a user drives it, and killed as nobody should.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test says what it found by panicking, and its seed by printing"
)]

mod batch;
mod program;

use std::collections::HashSet;
use std::env;
use std::hash::{BuildHasher, RandomState};

use batch::Batch;
use program::{Program, binary, sample};

#[test]
fn the_sample_is_paid_through_the_outage() {
    let program = Program::with_input(&std::fs::read(sample()).unwrap());
    let run = program.run(5);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);

    let ledger = run.ledger();
    let paid = ledger["paid at once"] + ledger["queued and later paid"];
    assert_eq!(ledger["rows read"], 500);
    assert_eq!(
        ledger["rows read"],
        ledger["rejected rows"] + ledger["payments"]
    );
    assert_eq!(ledger["payments"], paid + ledger["declined"]);
    assert_eq!(ledger["charges in provider's book"], paid);
    assert_eq!(
        (ledger["lost"], ledger["paid twice"], ledger["still queued"]),
        (0, 0, 0)
    );
    assert!(
        ledger["rejected rows"] > 0 && ledger["declined"] > 0,
        "{}",
        run.stdout
    );
    assert!(ledger["queued and later paid"] > 0, "{}", run.stdout);
    assert!(ledger["calls saved by the breaker"] > 0, "{}", run.stdout);

    let charged: HashSet<_> = program.charges().into_iter().map(|(id, _)| id).collect();
    assert_eq!(charged.len() as u64, paid, "a payment is in the book twice");
    assert_eq!(program.rejects().len() as u64, ledger["rejected rows"]);
    for change in [
        "CLOSED -> OPEN",
        "OPEN -> HALF_OPEN",
        "HALF_OPEN -> OPEN",
        "HALF_OPEN -> CLOSED",
    ] {
        assert!(run.stdout.contains(change), "no {change}: {}", run.stdout);
    }
    for figure in ["with the breaker ", "without the breaker ", "p50", "p99"] {
        assert!(run.stdout.contains(figure), "no {figure}: {}", run.stdout);
    }
}

#[test]
fn twenty_thousand_payments_survive_being_killed_at_random_moments() {
    let seed = match env::var("PAYMENT_SERVICE_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => RandomState::new().hash_one("seed"),
    };
    println!("PAYMENT_SERVICE_SEED={seed}");
    let mut random = Random(seed | 1);

    let batch = Batch::of_rows(20_000);
    let program = Program::with_input(&batch.csv);
    let mut kills = 0;
    // The first kill falls into the very beginning, the others anywhere.
    for latest_line in [3, 16, 24, 32, 24, 16] {
        kills += usize::from(program.run_and_kill(4, random.up_to(latest_line)));
    }
    assert!(
        kills >= 3,
        "most runs had come to their end before they could be killed"
    );
    batch.assert_paid(&program, &program.run(4));
}

#[test]
fn a_payment_that_was_accepted_is_made_even_if_the_file_is_gone() {
    let batch = Batch::of_rows(400);
    let program = Program::with_input(&batch.csv);
    assert!(program.run_and_kill(2, 6));
    program.replace_input(b"id,amount_cents,currency,card\n");
    let run = program.run(1);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    batch.assert_charges(&program);
    assert_eq!(
        run.ledger()["payments before"],
        run.ledger()["declined"] + program.charges().len() as u64
    );
}

#[test]
fn a_run_killed_while_it_creates_its_files_leaves_no_ruins() {
    let batch = Batch::of_rows(30);
    let program = Program::with_input(&batch.csv);
    for _ in 0..5 {
        program.run_and_kill_at_the_first_byte();
        batch.assert_paid(&program, &program.run(0));
        program.forget();
    }
}

#[test]
fn what_an_endless_outage_leaves_in_the_queue_is_paid_by_the_next_run() {
    let batch = Batch::of_rows(100);
    let program = Program::with_input(&batch.csv);
    let dead = program.run_with(&["--outage", "20,40,never", "--patience", "1", "--over", "1"]);
    assert_eq!(dead.code, Some(2), "{}{}", dead.stdout, dead.stderr);
    assert!(dead.ledger()["still queued"] > 50, "{}", dead.stdout);
    assert_eq!(dead.ledger()["lost"], 0, "{}", dead.stdout);

    let next_day = program.run_with(&["--outage", "none"]);
    batch.assert_paid(&program, &next_day);
    assert!(
        next_day.ledger()["queued and later paid"] > 50,
        "{}",
        next_day.stdout
    );
}

#[test]
fn what_the_queue_offers_in_vain_saves_no_calls() {
    let batch = Batch::of_rows(60);
    let program = Program::with_input(&batch.csv);
    let dead = ["--outage", "0,100,never", "--patience", "1", "--over", "1"];
    let first = program.run_with(&dead);
    let (queued, saved) = (
        first.ledger()["still queued"],
        first.ledger()["calls saved by the breaker"],
    );
    assert!(0 < saved && saved < queued, "{}", first.stdout);

    let second = program.run_with(&dead);
    assert_eq!(second.ledger()["still queued"], queued, "{}", second.stdout);
    assert_eq!(
        second.ledger()["calls saved by the breaker"],
        0,
        "{}",
        second.stdout
    );
}

#[test]
fn a_half_written_line_of_the_book_is_dropped() {
    let batch = Batch::of_rows(400);
    let program = Program::with_input(&batch.csv);
    assert!(program.run_and_kill(2, 6));
    program.append_to_book(b"9999,pay-0,1");
    batch.assert_paid(&program, &program.run(1));
}

#[test]
fn declined_cards_say_nothing_about_the_provider() {
    let mut csv = "id,amount_cents,currency,card\n".to_owned();
    csv.extend((0..60).map(|row| format!("pay-{row},100,EUR,4000000000000002\n")));
    let program = Program::with_input(csv.as_bytes());
    let run = program.run_with(&["--outage", "none"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert_eq!(run.ledger()["declined"], 60);
    assert!(
        !run.stdout.contains("breaker: "),
        "the breaker moved: {}",
        run.stdout
    );
    assert_eq!(program.charges(), []);
}

#[test]
fn a_second_run_pays_nothing() {
    let batch = Batch::of_rows(120);
    let program = Program::with_input(&batch.csv);
    batch.assert_paid(&program, &program.run(1));
    let book = program.charges();

    let second = program.run(1);
    batch.assert_paid(&program, &second);
    assert_eq!(program.charges(), book);
    assert_eq!(
        second.ledger()["settled by earlier runs"],
        second.ledger()["payments"]
    );
}

#[test]
fn an_id_does_not_pay_for_something_else_later() {
    let program = Program::with_input(b"id,amount_cents,currency,card\na,100,EUR,tok_visa\n");
    assert_eq!(program.run(1).code, Some(0));
    program.replace_input(b"id,amount_cents,currency,card\nb,1,EUR,tok_visa\na,200,EUR,tok_visa\n");
    let run = program.run(1);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert_eq!(
        program.charges(),
        [
            ("a".into(), (100, "EUR".into())),
            ("b".into(), (1, "EUR".into()))
        ]
    );
    let [(line, reason, _)] = &program.rejects()[..] else {
        panic!("{:?}", program.rejects());
    };
    assert_eq!(*line, 3);
    assert!(reason.contains("other details"), "{reason}");
}

#[test]
fn two_runs_do_not_share_a_state_directory() {
    let program = Program::with_input(&Batch::of_rows(200).csv);
    let mut first = program.start(2);
    first.read_lines(2);
    program.run(2).assert_refused(&["in use by another run"]);
}

#[test]
fn a_file_from_a_spreadsheet_is_read() {
    let csv = "\u{feff}id,amount_cents,currency,card\r\n\r\n\"a\",\"100\",\"EUR\",\"4242 4242 4242 4242\"\r\n\
               ,,,\r\nb,2,USD,tok_visa\r\n\r\n\r\n";
    let program = Program::with_input(csv.as_bytes());
    let run = program.run(1);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert_eq!(program.charges().len(), 2);
    let lines: Vec<_> = program.rejects().iter().map(|row| row.0).collect();
    assert_eq!(lines, [4], "the empty row, counted as an editor counts");
}

#[test]
fn every_line_end_that_an_editor_knows_ends_a_row() {
    let header = "id,amount_cents,currency,card";
    let mixed =
        format!("{header}\na,1,EUR,tok_a\rb,2,EUR,tok_b\r\nx\r\rc,3,EUR,tok_c\n\ry\rd,4,EUR,tok_d");
    let old_mac = format!("{header}\ra,1,EUR,tok_a\rb,2,EUR,tok_b\rx\r\rc,3,EUR,tok_c\r");
    for (csv, paid, rejected) in [(mixed, 4, &[4, 8][..]), (old_mac, 3, &[4])] {
        let program = Program::with_input(csv.as_bytes());
        let run = program.run(1);
        assert_eq!(run.code, Some(0), "{csv:?}: {}{}", run.stdout, run.stderr);
        let mut charges: Vec<_> = program.charges().into_iter().map(|row| row.1.0).collect();
        charges.sort_unstable();
        assert_eq!(charges, (1..=paid).collect::<Vec<_>>(), "{csv:?}");
        let lines: Vec<_> = program.rejects().iter().map(|row| row.0).collect();
        assert_eq!(lines, rejected, "{csv:?}");
    }
}

#[test]
fn a_row_with_misplaced_quotes_is_no_payment() {
    let rows = [
        ("a,1,EUR,\"tok_b\"x", "closing quote"),
        ("\"b\" c,1,EUR,tok_b", "closing quote"),
        ("d\"e,1,EUR,tok_b", "within a field"),
        ("f,1,EUR,tok_\"b\"", "within a field"),
    ];
    let mut csv = "id,amount_cents,currency,card\n".to_owned();
    csv.extend(rows.iter().map(|(row, _)| format!("{row}\n")));
    csv.push_str(" \"g\"\"h\" ,\"1\" , \" EUR\",\"tok_b\"\n");
    let program = Program::with_input(csv.as_bytes());
    assert_eq!(program.run(1).code, Some(0));
    assert_eq!(program.charges(), [("g\"h".into(), (1, "EUR".into()))]);
    let rejects = program.rejects();
    assert_eq!(rejects.len(), rows.len(), "{rejects:?}");
    for ((row, expected), (_, reason, raw)) in rows.iter().zip(&rejects) {
        assert_eq!(raw, row.as_bytes());
        assert!(reason.contains(expected), "{row}: {reason}");
    }
}

#[test]
fn an_id_has_no_spaces() {
    let program =
        Program::with_input(b"id,amount_cents,currency,card\na b,1,EUR,tok_b\n c ,1,EUR,tok_b\n");
    assert_eq!(program.run(1).code, Some(0));
    assert_eq!(program.charges(), [("c".into(), (1, "EUR".into()))]);
    assert!(program.rejects()[0].1.contains("without spaces"));
}

#[test]
fn an_unclosed_quote_spoils_its_own_line_only() {
    let csv = b"id,amount_cents,currency,card\na,\"100,EUR,tok_visa\nb,2,USD,tok_visa\n";
    let program = Program::with_input(csv);
    assert_eq!(program.run(1).code, Some(0));
    assert_eq!(program.charges(), [("b".into(), (2, "USD".into()))]);
    assert_eq!(program.rejects()[0].0, 2);
}

#[test]
fn a_file_without_a_payment_is_no_failure() {
    let program =
        Program::with_input(b"id,amount_cents,currency,card\nx\n,,,\na,-1,EUR,tok_visa\n");
    let run = program.run(1);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert_eq!(run.ledger()["rejected rows"], 3);
    assert_eq!(run.ledger()["payments"], 0);
    assert_eq!(program.rejects().len(), 3);
}

#[test]
fn a_file_that_cannot_be_used_is_named_with_what_was_expected() {
    let header = "id,amount_cents,currency,card";
    let program = Program::with_input(b"");
    let file = program.input().display().to_string();
    program.run(1).assert_refused(&[&file, "is empty", header]);
    program.replace_input("\u{feff}\n\n".as_bytes());
    program.run(1).assert_refused(&[&file, "is empty", header]);
    program.replace_input(b"id;amount_cents;currency;card\n1;2;EUR;tok_visa\n");
    program
        .run(1)
        .assert_refused(&[&file, "line 1", header, "id;amount_cents"]);
    program.replace_input(b"1,2,EUR,tok_visa\n");
    program
        .run(1)
        .assert_refused(&[&file, "line 1", header, "1,2,EUR"]);
    program.replace_input(b"\xFF\xFEi\0d\0,\0");
    program.run(1).assert_refused(&[&file, "UTF-16"]);
    std::fs::remove_file(program.input()).unwrap();
    program.run(1).assert_refused(&[&file, "cannot read"]);
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

/// Xorshift: random enough for the moment of a kill, and the same again for the same seed.
struct Random(u64);

impl Random {
    /// From 1 to `limit`.
    fn up_to(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        1 + (self.0 >> 33) as usize % limit
    }
}
