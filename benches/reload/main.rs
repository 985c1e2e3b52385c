//! What a call takes while settings change, and that nothing is lost: `cargo bench --bench reload`. With
//! `-- --save` the tables go to `docs/reload.md`.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

#[path = "../../resilience-runtime/tests/reload_under_load/accounting/mod.rs"]
mod accounting;
mod latency;
mod page;

use std::error::Error;
use std::fs;
use std::path::Path;

use self::accounting::{ACCOUNTS, Load};

fn main() -> Result<(), Box<dyn Error>> {
    let latencies = latency::measure(Load::FULL)?;
    let accounts: Vec<_> = ACCOUNTS
        .iter()
        .map(|account| (account.title, (account.settle)(Load::FULL)))
        .collect();
    let page = page::text(&latencies, &accounts);
    println!("{page}");
    if std::env::args().any(|argument| argument == "--save") {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        fs::write(docs.join("reload.md"), page)?;
    }
    Ok(())
}
