//! Replays traces recorded from Resilience4j against the token-less calls.
//!
//! The traces under `tests/conformance/` by default; `CONFORMANCE_DIR` names another directory, all
//! of whose `*.jsonl` files are replayed.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

mod bulkhead;
mod circuit_breaker;
mod rate_limiter;
mod retry_flow;
mod retry_interval;
mod trace;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use trace::{Deviation, Replayed};

/// What a run over a directory came to.
#[derive(Debug, Default)]
struct Summary {
    traces: usize,
    steps: usize,
    skipped: BTreeMap<&'static str, usize>,
}

fn checked_in() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

fn replay_directory(directory: &Path) -> Result<Summary, String> {
    let unreadable = |error: io::Error| format!("{}: {error}", directory.display());
    let mut files: Vec<PathBuf> = fs::read_dir(directory)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(unreadable)?;
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "jsonl")
    });
    files.sort();
    if files.is_empty() {
        return Err(format!("{}: no *.jsonl files", directory.display()));
    }
    let mut summary = Summary::default();
    for file in files {
        replay_file(&file, &mut summary).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(summary)
}

fn replay_file(file: &Path, summary: &mut Summary) -> Result<(), String> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    let policy = file.file_stem().unwrap_or_default().to_string_lossy();
    for (index, line) in text.lines().enumerate() {
        let replayed = match &*policy {
            "circuit_breaker" => circuit_breaker::replay(line),
            "bulkhead" => bulkhead::replay(line),
            "retry_flow" => retry_flow::replay(line),
            "retry_interval" => retry_interval::replay(line),
            "rate_limiter" => rate_limiter::replay(line),
            _ => return Err("the file's name is that of no policy".to_owned()),
        };
        match replayed.map_err(|deviation: Deviation| format!("line {}: {deviation}", index + 1))? {
            Replayed::Passed { steps } => {
                summary.traces += 1;
                summary.steps += steps;
            }
            Replayed::Skipped(why) => *summary.skipped.entry(why).or_default() += 1,
        }
    }
    Ok(())
}

#[test]
fn every_recorded_trace_is_reproduced() {
    let directory = env::var_os("CONFORMANCE_DIR").map_or_else(checked_in, PathBuf::from);
    let summary = replay_directory(&directory).unwrap_or_else(|deviation| panic!("{deviation}"));
    // Not `println!`, which the test harness would swallow.
    let mut out = io::stdout();
    for (why, traces) in &summary.skipped {
        writeln!(out, "conformance: skipped {traces} traces {why}").unwrap();
    }
    let Summary { traces, steps, .. } = summary;
    writeln!(out, "conformance: {traces} traces, {steps} steps").unwrap();
    assert_ne!(traces, 0, "nothing was replayed");
}

/// What the README says.
#[test]
fn the_checked_in_traces_are_those_that_we_speak_of() {
    let summary = replay_directory(&checked_in()).unwrap();
    assert_eq!((summary.traces, summary.steps), (670, 64_005));
    assert_eq!(summary.skipped.values().sum::<usize>(), 30);
}

/// The replay is worth something only if it notices.
#[test]
fn a_trace_with_one_altered_expectation_fails_and_says_where() {
    let noticed = [
        notices("bulkhead.jsonl", bulkhead::replay),
        notices("rate_limiter.jsonl", rate_limiter::replay),
        notices("circuit_breaker.jsonl", circuit_breaker::replay),
    ];
    assert_eq!(noticed, [60, 150, 370], "all but those that are skipped");
}

/// Replays each of a file's traces with one of its expectations altered, and says how many there were.
fn notices(file: &str, replay: fn(&str) -> Result<Replayed, Deviation>) -> usize {
    let mut noticed = BTreeMap::<String, usize>::new();
    for (number, mut trace) in traces(file).into_iter().enumerate() {
        if let Ok(Replayed::Skipped(_)) = replay(&trace.to_string()) {
            continue;
        }
        // The field that has had the fewest turns, and not the same step in every trace.
        let (field, steps) = steps_that_expect(&trace)
            .into_iter()
            .min_by_key(|(field, _)| noticed.get(field).copied())
            .unwrap();
        let step = steps[number % steps.len()];
        let place = format!(
            "trace {}, step {step} ({}): {field}: expected ",
            trace["id"].as_str().unwrap(),
            trace["steps"][step]["op"].as_str().unwrap(),
        );
        for altered in alterations(&trace["steps"][step]["expect"][&field]) {
            trace["steps"][step]["expect"][&field] = altered;
            let deviation = replay(&trace.to_string()).expect_err(&place).to_string();
            assert!(deviation.starts_with(&place), "{place}{deviation}");
        }
        *noticed.entry(field).or_default() += 1;
    }
    noticed.values().sum()
}

/// By their fields.
fn steps_that_expect(trace: &Value) -> BTreeMap<String, Vec<usize>> {
    let mut steps = BTreeMap::<_, Vec<_>>::new();
    for (index, step) in trace["steps"].as_array().unwrap().iter().enumerate() {
        for (field, value) in step["expect"].as_object().unwrap() {
            if !alterations(value).is_empty() {
                steps.entry(field.clone()).or_default().push(index);
            }
        }
    }
    steps
}

/// The value with one thing in it altered, each time another.
fn alterations(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Bool(is_so) => vec![(!is_so).into()],
        Value::String(text) => vec![format!("{text}!").into()],
        Value::Number(number) => match number.as_i64() {
            Some(0) => vec![1.into()],
            Some(number) => vec![(number - 1).into(), (number + 1).into()],
            None => vec![(number.as_f64().unwrap() + 1.0).into()],
        },
        Value::Array(items) => {
            let Some((last, others)) = items.split_last() else {
                return Vec::new();
            };
            let with_last = |last| others.iter().cloned().chain([last]).collect();
            let mut altered: Vec<_> = alterations(last).into_iter().map(with_last).collect();
            altered.push(others.into());
            altered
        }
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(field, value)| {
                alterations(value).into_iter().map(|value| {
                    let mut altered = fields.clone();
                    altered.insert(field.clone(), value);
                    altered.into()
                })
            })
            .collect(),
    }
}

fn traces(file: &str) -> Vec<Value> {
    let text = fs::read_to_string(checked_in().join(file)).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Every expectation of every call.
#[test]
fn a_retry_with_one_altered_expectation_fails_and_says_where() {
    for trace in traces("retry_flow.jsonl") {
        for call in 0..trace["calls"].as_array().unwrap().len() {
            let expected = trace["calls"][call]["expect"].as_object().unwrap();
            for field in expected.keys() {
                let mut altered = trace.clone();
                match &mut altered["calls"][call]["expect"][field] {
                    Value::Number(number) => *number = (number.as_u64().unwrap() + 1).into(),
                    Value::String(text) => text.push('!'),
                    Value::Array(items) if items.is_empty() => items.push(0.into()),
                    Value::Array(items) => drop(items.pop()),
                    metrics => metrics["total"] = 0.into(),
                }
                let deviation = retry_flow::replay(&altered.to_string())
                    .expect_err(field)
                    .to_string();
                let trace = trace["id"].as_str().unwrap();
                let place = format!("trace {trace}, step {call} (call): {field}: expected ");
                assert!(deviation.starts_with(&place), "{deviation}");
            }
        }
    }
}

#[test]
fn a_table_of_waits_with_one_altered_row_fails_and_says_where() {
    for trace in traces("retry_interval.jsonl") {
        let rows = trace["table"].as_array().map_or(0, Vec::len);
        let mut altered: Vec<_> = (0..rows).map(|row| (row, "/table", 1, 1)).collect();
        if let Some(bounds) = trace.pointer("/bounds/0") {
            let width = bounds[2].as_i64().unwrap() - bounds[1].as_i64().unwrap();
            let by = width / 4 + 1;
            // Narrower than what is drawn, and wider.
            altered.extend(
                [(1, by), (1, -by), (2, by), (2, -by)]
                    .map(|(column, by)| (0, "/bounds", column, by)),
            );
        }
        for (row, rows, column, by) in altered {
            let mut trace = trace.clone();
            let value = trace
                .pointer_mut(&format!("{rows}/{row}/{column}"))
                .unwrap();
            *value = (value.as_i64().unwrap() + by).max(0).into();
            let deviation = retry_interval::replay(&trace.to_string())
                .expect_err("an altered row")
                .to_string();
            let place = format!(
                "trace {}, step {row} (attempt ",
                trace["id"].as_str().unwrap()
            );
            assert!(deviation.starts_with(&place), "{deviation}");
        }
    }
}
