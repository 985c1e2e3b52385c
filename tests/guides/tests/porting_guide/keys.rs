//! Keys of files, asked of the loader.

use guides::Status;
use resilience_settings::{
    Kind, Setting, bulkhead, circuit_breaker, rate_limiter, retry, thread_pool_bulkhead,
    time_limiter,
};
use resilience4rs::configuration::{Configuration, ConfigurationError};

use crate::{mentions, rows, snake_case};

const SECTIONS: &[(&str, &[Setting])] = &[
    ("circuitbreaker", circuit_breaker::SETTINGS),
    ("retry", retry::SETTINGS),
    ("ratelimiter", rate_limiter::SETTINGS),
    ("bulkhead", bulkhead::SETTINGS),
    ("thread-pool-bulkhead", thread_pool_bulkhead::SETTINGS),
    ("timelimiter", time_limiter::SETTINGS),
    ("micrometer.timer", &[]),
];

/// A value that the setting takes.
fn value_of(setting: &Setting) -> &'static str {
    match setting.kind {
        Kind::Percentage | Kind::Count { .. } => "2",
        Kind::Factor { min, .. } if min >= 1.0 => "2",
        Kind::Factor { .. } => "0.5",
        Kind::Duration { .. } => "2s",
        Kind::Flag => "true",
        Kind::Choice(choices) => choices[0],
        _ => "words",
    }
}

fn load(text: &str, is_strict: bool) -> Result<Configuration, ConfigurationError> {
    Configuration::loader()
        .strict(is_strict)
        .yaml("<yaml>", text)
        .load()
}

#[test]
fn a_key_is_read_as_its_row_says() {
    for (section, settings) in SECTIONS {
        for (row, status) in rows(&format!("keys_{section}")) {
            let key = &row.name;
            let name = snake_case(key);
            let setting = settings.iter().find(|setting| setting.name == name);
            let value = match key.as_str() {
                "baseConfig" => "shared",
                "eventConsumerBufferSize" => "2",
                "metricNames" => "calls",
                "ignoreClassBindingExceptions" => "true",
                key if key.ends_with("xceptions") || key.ends_with("Predicate") => {
                    "com.example.Class"
                }
                "intervalBiFunction"
                | "consumeResultBeforeRetryAttempt"
                | "contextPropagators"
                | "onFailureTagResolver" => "com.example.Class",
                _ => setting.map_or("true", value_of),
            };
            // What varies a wait counts beside the wait, and the longest beside a multiplier.
            let beside = match (*section, name.as_str()) {
                ("circuitbreaker", "wait_duration_in_open_state") | ("retry", "wait_duration") => {
                    ""
                }
                ("circuitbreaker", _) => "\n    waitDurationInOpenState: 1s",
                ("retry", _) => "\n    waitDuration: 1s",
                ("thread-pool-bulkhead", "core_thread_pool_size") => "\n    maxThreadPoolSize: 2",
                ("thread-pool-bulkhead", "max_thread_pool_size") => "\n    coreThreadPoolSize: 1",
                _ => "",
            };
            let multiplier = match name.as_str() {
                longest if longest.starts_with("exponential_max") => {
                    "\n    exponentialBackoffMultiplier: 2"
                }
                _ => "",
            };
            let text = format!(
                "resilience4j.{section}:\n  configs.shared: {{}}\n  instances.payments:{beside}{multiplier}\n    {key}: {value}\n"
            );
            let at = format!("line {}, `{key}` of {section}", row.line);
            let strict = load(&text, true);
            match status {
                Status::Same => {
                    let known = strict.unwrap_or_else(|error| panic!("{at}: {error}"));
                    let told: Vec<_> = known.warnings().iter().map(ToString::to_string).collect();
                    assert!(
                        !told.iter().any(|line| line.contains("is no key")),
                        "{at}: {told:?}"
                    );
                    if setting.is_some() {
                        assert!(
                            mentions(row.said(), &name),
                            "{at}: says nothing of `{name}`"
                        );
                    }
                }
                Status::Replaced => {
                    let error = strict.expect_err(&at).to_string();
                    assert!(error.contains("Java class"), "{at}: {error}");
                    // What the loader says to write is what the row says.
                    if let Some((_, advice)) = error.split_once("write `") {
                        let option = advice.split('(').next().unwrap_or(advice);
                        assert!(mentions(row.said(), option), "{at}: {error}");
                    }
                }
                Status::None => {
                    assert!(setting.is_none(), "{at}: it is a setting");
                    let lenient = load(&text, false);
                    assert!(lenient.is_ok(), "{at}: {lenient:?}");
                }
                Status::Renamed => panic!("{at}: no key of a file has another name"),
            }
        }
    }
}

#[test]
fn every_setting_that_resilience4j_has_no_key_for_is_ours_or_of_its_builder() {
    let ours = [
        "cancelled_calls",
        "retry_on_circuit_open",
        "max_duration",
        "budget",
        "budget_percentage",
        "budget_min_retries_per_second",
        "fair_call_handling_enabled",
    ];
    for (section, settings) in SECTIONS {
        let keys: Vec<_> = rows(&format!("keys_{section}"))
            .iter()
            .map(|(row, _)| snake_case(&row.name))
            .collect();
        for setting in *settings {
            assert!(
                keys.iter().any(|key| key == setting.name) || ours.contains(&setting.name),
                "`{}` of {section} is in no table of the guide",
                setting.name
            );
        }
    }
}

#[test]
fn a_section_is_read_as_its_row_says() {
    for (row, status) in rows("sections") {
        let text = format!("{}: {{}}\n", row.name);
        let warnings = load(&text, true).unwrap().warnings().len();
        let known = rows_of_policies().contains(&row.name.as_str());
        assert_eq!(warnings == 0, known, "line {}, {}", row.line, row.name);
        assert_eq!(
            status == Status::Same,
            known && row.name != "resilience4j.micrometer.timer",
            "line {}, {}",
            row.line,
            row.name
        );
    }
}

fn rows_of_policies() -> Vec<&'static str> {
    vec![
        "resilience4j.circuitbreaker",
        "resilience4j.retry",
        "resilience4j.ratelimiter",
        "resilience4j.bulkhead",
        "resilience4j.thread-pool-bulkhead",
        "resilience4j.timelimiter",
        "resilience4j.micrometer.timer",
    ]
}

#[test]
fn the_keys_of_whole_sections_are_read_as_their_rows_say() {
    for (row, status) in rows("global_keys") {
        let section = match row.name.as_str() {
            "limiters" => "resilience4j.ratelimiter",
            _ => "resilience4j.retry",
        };
        let text = match row.name.as_str() {
            key @ ("configs" | "instances" | "backends" | "limiters") => {
                format!("{section}.{key}.payments: {{}}\n")
            }
            "tags" => format!("{section}.tags.region: eu\n"),
            key @ ("metrics.enabled" | "metrics.legacy.enabled") => {
                format!("{section}.{key}: true\n")
            }
            key if key.starts_with("RESILIENCE4J_") => continue,
            key => format!("{key}: 4\n"),
        };
        let loaded = load(&text, true);
        let warnings = loaded.as_ref().map(|loaded| loaded.warnings().len());
        // What is outside of the section `resilience4j` is somebody else's.
        let is_passed_over = matches!(status, Status::Same | Status::Replaced)
            || row.name == "metrics.legacy.enabled";
        assert_eq!(
            warnings,
            Ok(usize::from(!is_passed_over)).as_ref().copied(),
            "line {}: {text}{loaded:?}",
            row.line
        );
    }
}

#[test]
fn an_order_of_aspects_is_loaded_with_a_warning() {
    for (row, status) in rows("aspect_orders") {
        assert_eq!(status, Status::Replaced, "{}", row.name);
        let loaded = load(&format!("{}: 1\n", row.name), true).unwrap();
        let warning = loaded.warnings()[0].to_string();
        assert!(warning.contains("the first outermost"), "{warning}");
    }
}
