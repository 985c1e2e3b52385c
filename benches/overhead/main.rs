//! What a call costs through our policies, through the peers' and without any, in one run:
//! `cargo bench --bench overhead`. With `-- --save` the table and the plot go to `docs/`.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

mod measure;
mod peers;
mod plot;
mod table;

use std::error::Error;
use std::fs;
use std::path::Path;

use resilience_benches::{By, Case, callgrind, cases, group};

use measure::{Times, measure};

/// A case and what it takes.
struct Row {
    case: Case,
    times: Times,
    /// Unless there is no valgrind.
    instructions: Option<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut cases = cases();
    cases.extend(peers::cases());
    if callgrind::run_if_asked(&cases) {
        return Ok(());
    }
    cases.retain(|case| is_wanted(&case.id()));
    cases.sort_by_key(|case| (position(case.group), case.by == By::Peer));
    let rows = rows(cases);
    let table = table::render(&rows);
    println!("{table}");
    if std::env::args().any(|argument| argument == "--save") {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        fs::create_dir_all(&docs)?;
        fs::write(docs.join("overhead.md"), table::page(&table))?;
        plot::draw(&rows, &docs.join("overhead.svg"))?;
    }
    Ok(())
}

/// Arguments that are no flags say what the names of the cases are to contain.
fn is_wanted(id: &str) -> bool {
    let mut wanted = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'));
    wanted.all(|part| id.contains(&part))
}

fn rows(cases: Vec<Case>) -> Vec<Row> {
    let times = measure(&cases);
    let rows = cases.into_iter().zip(times);
    rows.map(|(case, times)| Row {
        instructions: callgrind::instructions(&case).ok(),
        case,
        times,
    })
    .collect()
}

/// The order of the groups in the table.
fn position(group: &str) -> Option<usize> {
    group::ORDER.iter().position(|known| *known == group)
}
