//! Payments files of any size, the same at every run, and what must become of each row.

use std::collections::{BTreeMap, BTreeSet};

use crate::policies::assert_parts_add_up;
use crate::program::{Finished, Program};

/// A payments file with its expected fate.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) csv: Vec<u8>,
    /// What each payment charges.
    payments: BTreeMap<String, (u64, String)>,
    declined: BTreeSet<String>,
    /// Line, a part of the reason, the row itself.
    rejects: Vec<(usize, &'static str, Vec<u8>)>,
}

impl Batch {
    /// So many rows, of which one in 30 is no payment and one in 40 has a card that is declined.
    pub(crate) fn of_rows(rows: usize) -> Self {
        let mut batch = Self {
            csv: b"id,amount_cents,currency,card\n".to_vec(),
            ..Self::default()
        };
        for row in 0..rows {
            let line = row + 2;
            match row {
                _ if row % 30 == 7 => batch.malformed_row(row, line),
                _ => batch.payment(row),
            }
        }
        batch
    }

    fn payment(&mut self, row: usize) {
        let id = format!("pay-{row}");
        let cents = 1 + (row as u64 * 7919) % 250_000;
        let currency = ["EUR", "USD", "CHF"][row % 3];
        let is_declined = row % 40 == 11;
        let card = if is_declined {
            "4000000000000002"
        } else {
            "4242424242424242"
        };
        let text = match row % 5 {
            0 => format!("\"{id}\",\"{cents}\",\"{currency}\",\"{card}\"\r\n"),
            1 => format!(" {id} , {cents} , {currency} , {card} \n"),
            _ => format!("{id},{cents},{currency},{card}\n"),
        };
        self.csv.extend_from_slice(text.as_bytes());
        if is_declined {
            self.declined.insert(id);
        } else {
            self.payments.insert(id, (cents, currency.to_owned()));
        }
    }

    fn malformed_row(&mut self, row: usize, line: usize) {
        let id = format!("bad-{row}");
        let card = "4242424242424242";
        let (text, reason) = match row / 30 % 14 {
            0 => (format!("{id},twelve,EUR,{card}"), "whole number"),
            1 => (format!("{id},12.50,EUR,{card}"), "whole number"),
            2 => (format!("{id},0,EUR,{card}"), "zero"),
            3 => (format!("{id},-5,EUR,{card}"), "negative"),
            4 => (format!("{id},99999999999999999999999,EUR,{card}"), "above"),
            5 => (format!("{id},100,XYZ,{card}"), "currency `XYZ`"),
            6 => (format!("{id},100,EUR,1234"), "card"),
            7 => (format!("{id},100,EUR"), "found 3"),
            8 => (format!("{id},100,EUR,{card},more"), "found 5"),
            9 => (format!(",100,EUR,{card}"), "id is empty"),
            10 => (format!("{id},\"100,EUR,{card}"), "never closed"),
            11 => (format!("{id}é,100,EUR,{card}"), "visible ASCII"),
            12 => (format!("pay-0,5,EUR,{card}"), "taken by line 2"),
            _ => (format!("{id},,,"), "whole number"),
        };
        let mut text = text.into_bytes();
        if row % 60 == 7 && reason == "whole number" {
            text.push(0xFF);
        }
        let reason = if text.ends_with(&[0xFF]) {
            "not UTF-8"
        } else {
            reason
        };
        self.csv.extend_from_slice(&text);
        self.csv.push(b'\n');
        self.rejects.push((line, reason, text));
    }

    /// That each payment is charged once and each other row set aside, and that the ledger of the
    /// last run says so.
    pub(crate) fn assert_paid(&self, program: &Program, last: &Finished) {
        assert_eq!(last.code, Some(0), "{}{}", last.stdout, last.stderr);
        self.assert_charges(program);
        self.assert_rejects(program);

        let ledger = last.ledger();
        let payments = self.payments.len() + self.declined.len();
        let figures = [
            ("rows read", payments + self.rejects.len()),
            ("rejected rows", self.rejects.len()),
            ("payments", payments),
            ("declined", self.declined.len()),
            ("still queued", 0),
            ("lost", 0),
            ("paid twice", 0),
            ("unaccounted for", 0),
            ("charges in provider's book", self.payments.len()),
        ];
        for (label, figure) in figures {
            assert_eq!(
                ledger.get(label),
                Some(&(figure as u64)),
                "{label}: {}",
                last.stdout
            );
        }
        let paid = ledger["paid at once"] + ledger["queued and later paid"];
        assert_eq!(paid, self.payments.len() as u64, "{}", last.stdout);
        assert_parts_add_up(last);
    }

    pub(crate) fn assert_charges(&self, program: &Program) {
        let mut once = BTreeMap::new();
        for (id, charge) in program.charges() {
            let before = once.insert(id.clone(), charge);
            assert_eq!(before, None, "`{id}` is in the book twice");
        }
        assert_eq!(once, self.payments);
    }

    fn assert_rejects(&self, program: &Program) {
        let rejects = program.rejects();
        assert_eq!(rejects.len(), self.rejects.len());
        for (found, expected) in rejects.iter().zip(&self.rejects) {
            let (line, reason, row) = found;
            assert_eq!((line, row), (&expected.0, &expected.2));
            assert!(
                reason.contains(expected.1),
                "line {line}: {reason}, expected: {}",
                expected.1
            );
        }
    }
}
