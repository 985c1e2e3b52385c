//! The example `payment_service`, driven as a user drives it, and killed as nobody should.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test says what it found by panicking, and its seed by printing"
)]

mod batch;
mod command_line;
mod committing;
#[path = "../../examples/payment_service/group_commit.rs"]
mod group_commit;
mod input;
mod observed;
mod policies;
mod program;

use std::collections::HashSet;
use std::env;
use std::hash::{BuildHasher, RandomState};

use batch::Batch;
use policies::assert_parts_agree_with_the_journal;
use program::{Program, sample};

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

    assert_parts_agree_with_the_journal(&run);
    for part in ["timed out", "retries", "turned away", "charged before"] {
        assert!(ledger[part] > 0, "{part}: {}", run.stdout);
    }

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
