//! A crate of 300 annotated functions beside the same guarded by hand, and not guarded at all.

use std::fmt::Write;
use std::fs;
use std::time::Duration;

use super::stopwatch::{ROUNDS, build, median, ratio};
use super::{failed, workshop, write_package};
use crate::process::{Failed, root};

const FUNCTIONS: usize = 300;

/// How the functions are guarded.
#[derive(Clone, Copy, PartialEq)]
enum Guard {
    Attribute,
    Hand,
    None,
}

const GUARDS: [(Guard, &str, &str); 3] = [
    (Guard::Attribute, "annotated", "`#[circuit_breaker]`"),
    (
        Guard::Hand,
        "by-hand",
        "the same, calls into the runtime by hand",
    ),
    (Guard::None, "unguarded", "the same functions, not guarded"),
];

const HEAD: &str = "\
use std::future::Future;
use std::pin::Pin;
#[allow(unused_imports)]
use resilience4rs::{CircuitBreaker, Failure, PolicyError, Registry, circuit_breaker};

#[derive(Debug)]
pub enum Error { Down, Policy(PolicyError) }
impl From<PolicyError> for Error { fn from(error: PolicyError) -> Self { Self::Policy(error) } }

async fn fetch(id: u64) -> Result<u64, Error> { if id == 7 { Err(Error::Down) } else { Ok(id) } }
#[allow(dead_code)]
async fn backup(id: u64, text: String, _: Failure<Error>) -> Result<u64, Error> { Ok(id + text.len() as u64) }
#[allow(dead_code)]
fn backup_plain(id: u64, text: String, _: Failure<Error>) -> Result<u64, Error> { Ok(id + text.len() as u64) }
";

/// Measures the crates, and says how they compare.
pub(super) fn measure() -> Result<String, Failed> {
    let shop = workshop().join("functions");
    let target = shop.join("target");
    let dependency = format!("resilience4rs = {{ path = \"{}\" }}", root().display());
    for (guard, name, _) in GUARDS {
        write_package(&shop.join(name), name, &dependency, &program(guard))?;
    }
    let mut table = String::from(
        "\n| | debug build | of by hand | release build | of by hand | debug binary | release binary |\n|---|--:|--:|--:|--:|--:|--:|\n",
    );
    let mut times = [[0; GUARDS.len()]; 2];
    for (release, medians) in [false, true].into_iter().zip(&mut times) {
        let mut runs = [const { Vec::<Duration>::new() }; GUARDS.len()];
        // The first round builds what they depend on, and does not count.
        for round in 0..=ROUNDS {
            for ((_, name, _), runs) in GUARDS.iter().zip(&mut runs) {
                let directory = shop.join(name);
                let source = directory.join("src/main.rs");
                let text = fs::read_to_string(&source).map_err(|error| failed(&source, &error))?;
                fs::write(&source, text).map_err(|error| failed(&source, &error))?;
                let time = build(&directory, &target, release)?;
                if round > 0 {
                    runs.push(time);
                }
            }
        }
        for (median_time, runs) in medians.iter_mut().zip(&mut runs) {
            *median_time = median(runs);
        }
    }
    let [debug, release] = times;
    let [_, debug_by_hand, _] = debug;
    let [_, release_by_hand, _] = release;
    for (((_, name, what), debug), release) in GUARDS.iter().zip(debug).zip(release) {
        let size = |profile: &str| {
            let binary = target.join(profile).join(name);
            fs::metadata(&binary).map_or(0, |metadata| metadata.len() / 1024)
        };
        writeln!(
            table,
            "| {what} | {debug} | {} | {release} | {} | {} KiB | {} KiB |",
            ratio(debug, debug_by_hand),
            ratio(release, release_by_hand),
            size("debug"),
            size("release"),
        )
        .map_err(|error| Failed::Finding(error.to_string()))?;
    }
    Ok(format!(
        "## {FUNCTIONS} functions\n\nA third each: async with a fallback, async without one, plain with a fallback. The target is at\nmost 1.25 of the time that the same takes by hand.\n{table}"
    ))
}

fn program(guard: Guard) -> String {
    let functions: String = (0..FUNCTIONS)
        .map(|number| match guard {
            Guard::Attribute => annotated(number),
            Guard::Hand => by_hand(number),
            Guard::None => unguarded(number),
        })
        .collect();
    let table: String = (0..FUNCTIONS).map(table_entry).collect();
    format!(
        "{HEAD}{functions}\n#[allow(clippy::type_complexity)]\nconst TABLE: [fn(u64, String) -> Pin<Box<dyn Future<Output = Result<u64, Error>>>>; {FUNCTIONS}] = [{table}];\n\nfn main() {{\n    for (number, function) in TABLE.iter().enumerate() {{\n        let mut future = function(number as u64, String::new());\n        let mut context = std::task::Context::from_waker(std::task::Waker::noop());\n        assert!(future.as_mut().poll(&mut context).is_ready());\n    }}\n}}\n"
    )
}

fn table_entry(number: usize) -> String {
    match number % 3 {
        0 | 1 => format!("|id, text| Box::pin(f{number}(id, text)), "),
        _ => format!("|id, text| Box::pin(async move {{ f{number}(id, text) }}), "),
    }
}

fn body(number: usize) -> String {
    match number % 3 {
        0 | 1 => format!("let found = fetch(id).await?; Ok(found + text.len() as u64 + {number})"),
        _ => format!("if id == {number} {{ return Err(Error::Down); }} Ok(id + text.len() as u64)"),
    }
}

fn signature(number: usize) -> String {
    let asyncness = if number % 3 == 2 { "" } else { "async " };
    format!("pub {asyncness}fn f{number}(id: u64, text: String) -> Result<u64, Error>")
}

fn annotated(number: usize) -> String {
    let fallback = match number % 3 {
        0 => ", fallback = backup",
        1 => "",
        _ => ", fallback = backup_plain",
    };
    format!(
        "#[circuit_breaker(\"s{number}\", failure_rate_threshold = 60{fallback})]\n{} {{ {} }}\n",
        signature(number),
        body(number)
    )
}

fn by_hand(number: usize) -> String {
    let breaker = format!(
        "static BREAKER: std::sync::LazyLock<CircuitBreaker> = std::sync::LazyLock::new(|| Registry::global().circuit_breaker_with(\"s{number}\", |config| config.failure_rate_threshold(60.0)).unwrap());"
    );
    let body = body(number);
    let call = match number % 3 {
        0 => format!(
            "let saved = text.clone(); match BREAKER.call(async move {{ {body} }}).await {{ Ok(value) => Ok(value), Err(failure) => backup(id, saved, failure).await }}"
        ),
        1 => format!(
            "match BREAKER.call(async move {{ {body} }}).await {{ Ok(value) => Ok(value), Err(Failure::Call(error)) => Err(error), Err(Failure::Policy(error)) => Err(error.into()) }}"
        ),
        _ => format!(
            "let saved = text.clone(); match BREAKER.call_blocking(move || {{ {body} }}) {{ Ok(value) => Ok(value), Err(failure) => backup_plain(id, saved, failure) }}"
        ),
    };
    format!("{} {{ {breaker} {call} }}\n", signature(number))
}

fn unguarded(number: usize) -> String {
    format!("{} {{ {} }}\n", signature(number), body(number))
}
