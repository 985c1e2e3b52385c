//! Everything the project promises, step by step.

use std::iter;
use std::time::Instant;

use crate::process::{Failed, cargo, run};
use crate::provide::provide;
use crate::published::{metadata, published};
use crate::{fuzz, guide, instructions, msrv, sites};

/// A step: what it is called, and what it does.
type Step = (&'static str, fn() -> Result<(), Failed>);

const STEPS: &[Step] = &[
    ("format", || {
        run(&mut cargo(&["fmt", "--all", "--check"]))?;
        fuzz::check_format()
    }),
    ("lint", lint),
    ("msrv", msrv::check),
    ("documentation", documentation),
    ("features", features),
    ("test", || {
        run(&mut cargo(&[
            "test",
            "--workspace",
            "--all-features",
            "--locked",
        ]))
    }),
    ("guide", guide::check),
    ("sites", sites::check),
    ("prometheus", || {
        provide("prometheus", "scrapes the example")?;
        run(&mut cargo(&[
            "test",
            "--all-features",
            "--test",
            "payment_service",
            "--",
            "--ignored",
        ]))
    }),
    ("conformance", || {
        run(&mut cargo(&["test", "--release", "--test", "conformance"]))
    }),
    ("loom", || loom(3)),
    ("fuzz", fuzz::check),
    ("instructions", || instructions::check(false)),
    ("example", || {
        run(&mut cargo(&[
            "run",
            "--release",
            "--example",
            "payment_service",
        ]))
    }),
];

/// Runs the steps in order and stops at the first that fails.
pub(crate) fn run_steps(only: Option<&str>) -> Result<(), Failed> {
    let chosen: Vec<_> = STEPS
        .iter()
        .filter(|(name, _)| only.is_none_or(|only| name.contains(only)))
        .collect();
    if chosen.is_empty() {
        let names: Vec<_> = STEPS.iter().map(|(name, _)| *name).collect();
        return Err(Failed::Finding(format!(
            "no such step; there are: {}",
            names.join(", ")
        )));
    }
    for (name, step) in &chosen {
        println!("== {name}");
        let start = Instant::now();
        step()?;
        println!("== {name}: passed in {} s", start.elapsed().as_secs());
    }
    println!("all {} steps passed", chosen.len());
    Ok(())
}

fn lint() -> Result<(), Failed> {
    run(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ]))?;
    fuzz::lint()
}

fn documentation() -> Result<(), Failed> {
    run(
        cargo(&["doc", "--workspace", "--all-features", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

/// Each feature alone, and none, of the published crates that have features.
fn features() -> Result<(), Failed> {
    let metadata = metadata()?;
    for package in published(&metadata).filter(|package| !package.features.is_empty()) {
        let each = package.features.keys().map(String::as_str);
        for features in iter::once("").chain(each.filter(|feature| *feature != "default")) {
            let mut lint = cargo(&["clippy", "--package", &package.name]);
            lint.args(["--no-default-features", "--features", features]);
            run(lint.args(["--", "-D", "warnings"]))?;
        }
    }
    Ok(())
}

/// The concurrent models, in a build of their own.
pub(crate) fn loom(preemptions: u32) -> Result<(), Failed> {
    let mut tests = cargo(&[
        "test",
        "--release",
        "--package",
        "resilience-runtime",
        // What counts calls has models of its own.
        "--features",
        "metrics-core",
        "--lib",
        "interleavings",
    ]);
    tests
        .env("RUSTFLAGS", "--cfg resilience_loom")
        .env("CARGO_TARGET_DIR", "target/loom");
    tests.env("LOOM_MAX_PREEMPTIONS", preemptions.to_string());
    run(&mut tests)
}
