//! The payments file: what is a payment in it, and what is set aside.

use crate::program::Program;

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
