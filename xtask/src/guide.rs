//! The guide for those who come from Resilience4j, and the examples and dependencies of all pages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use guides::{GUIDE, NAMES, Names, Place, missing_in_guide, missing_in_names, unmet, unproven};

use crate::process::{Failed, cargo, output, root, run};

/// Pages whose Rust is not compiled as an example, and why.
const NOT_EXAMPLES: &[(&str, &str)] = &[(
    "docs/messages.md",
    "its code is that of tests/ui, which does not compile on purpose; tests/messages.rs writes it",
)];

/// What to hold the guide against.
#[derive(Args)]
pub(crate) struct Options {
    /// A specification of Resilience4j, which the list of names is compared with as well.
    #[arg(long)]
    spec: Option<PathBuf>,
}

/// The guide has every name, and what it says of them is so.
pub(crate) fn check() -> Result<(), Failed> {
    check_pages(&Options { spec: None })?;
    // The whole workspace with all features is what the step `test` has compiled already.
    run(&mut cargo(&[
        "test",
        "--workspace",
        "--all-features",
        "--locked",
        "--test",
        "porting_guide",
    ]))
}

/// What can be seen without compiling anything.
pub(crate) fn check_pages(options: &Options) -> Result<(), Failed> {
    let names = Names::parse(&read(&root().join(NAMES))?)
        .map_err(|error| Failed::Finding(error.to_string()))?;
    if let Some(specification) = &options.spec {
        let findings = missing_in_names(&names, &read(specification)?);
        report(
            &format!("{NAMES} and {}", specification.display()),
            &findings,
        )?;
    }
    report(
        GUIDE,
        &missing_in_guide(&names, &read(&root().join(GUIDE))?),
    )?;
    let mut pages = tracked("*.md")?;
    pages.retain(|(page, _)| {
        !NOT_EXAMPLES
            .iter()
            .any(|(other, _)| page == Path::new(other))
    });
    report("the examples", &told(&unproven(&tracked("*.rs")?, &pages)))?;
    report(
        "the dependencies",
        &told(&unmet(&tracked("*Cargo.toml")?, &pages)),
    )?;
    let (lists, count) = names.lists().fold((0, 0), |(lists, count), (_, list)| {
        (lists + 1, count + list.names.len())
    });
    println!(
        "{GUIDE}: {count} names in {lists} tables; {} pages",
        pages.len()
    );
    Ok(())
}

fn told(places: &[Place]) -> Vec<String> {
    places
        .iter()
        .map(|place| format!("{}:{}: {}", place.page.display(), place.line, place.wrong))
        .collect()
}

fn report(about: &str, findings: &[String]) -> Result<(), Failed> {
    if findings.is_empty() {
        return Ok(());
    }
    Err(Failed::Finding(format!(
        "{about}:\n  {}",
        findings.join("\n  ")
    )))
}

/// The files of this repository that are called so, those too that are about to be added.
fn tracked(pattern: &str) -> Result<Vec<(PathBuf, String)>, Failed> {
    let listed = output(
        Command::new("git")
            .args([
                "ls-files",
                "--cached",
                "--others",
                "--exclude-standard",
                "--",
                pattern,
            ])
            .current_dir(root()),
    )?;
    let files = listed.lines().map(PathBuf::from);
    // What is listed may have been deleted.
    files
        .filter(|file| root().join(file).is_file())
        .map(|file| Ok((file.clone(), read(&root().join(&file))?)))
        .collect()
}

fn read(file: &Path) -> Result<String, Failed> {
    fs::read_to_string(file)
        .map_err(|error| Failed::Finding(format!("{}: {error}", file.display())))
}
