//! Whatever a file says, the loader ends, does not panic, and takes responsibility for its answer.

use proptest::prelude::*;
use resilience_runtime::configuration::{Configuration, Policy, Settings};
use resilience_runtime::{
    BulkheadConfig, CircuitBreakerConfig, ConfigError, RateLimiterConfig, RetryConfig,
    ThreadPoolBulkheadConfig, TimeLimiterConfig,
};

/// As many as usual, or as many as a longer campaign asks for: `PROPTEST_CASES=1000000`.
fn cases(usual: u32) -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.map_or(usual, |cases| cases.parse().unwrap())
}

/// A file with something of everything.
const SEED: &str = "
base: &base {slidingWindowSize: 10, failureRateThreshold: 50}
resilience4j:
  circuitbreaker:
    configs:
      default: *base
      shared:
        <<: *base
        waitDurationInOpenState: ${WAIT:10s}
        enableExponentialBackoff: true
    instances:
      \"[payments.eu]\": {base-config: shared}
      stock:
        slidingWindowType: TIME_BASED
        recordExceptions: [java.io.IOException]
  retry:
    tags: {region: '${REGION:eu}ä', host: 'ö${HOST:x}'}
    instances:
      payments:
        maxAttempts: 3
        waitDuration: PT1M
---
spring.config.activate.on-profile: prod & !eu
resilience4j.thread-pool-bulkhead.instances.payments.coreThreadPoolSize: 2
";

/// What is put into the file somewhere: what means something to YAML, to placeholders and to us.
const PIECES: &[&str] = &[
    "",
    " ",
    "\n",
    "\n  ",
    "\t",
    ":",
    ": ",
    "- ",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&base ",
    "*base",
    "<<: ",
    "---\n",
    "...\n",
    "#",
    "\"",
    "'",
    "|\n",
    ">\n",
    "!!str ",
    "%YAML 1.2\n",
    "${",
    "}",
    "${WAIT",
    "${a:${b:",
    ".",
    "[a.b]",
    "\u{feff}",
    "ä",
    "\u{0}",
    "\u{2028}",
    "0",
    "-1",
    "1e9",
    "99999999999999999999",
    "null",
    "~",
    "resilience4j",
    "resilience4j.retry",
    "instances",
    "configs",
    "default",
    "baseConfig: shared",
    "failureRateTreshold: 1",
    "PT",
    "10s",
    "!(",
    "&|",
];

fn mutated() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => (any::<prop::sample::Index>(), 0..60_usize).prop_map(|(start, length)| {
            // A part of the file itself.
            let letters: Vec<_> = SEED.chars().collect();
            letters.iter().skip(start.index(letters.len())).take(length).collect()
        }),
    ];
    let change = (any::<prop::sample::Index>(), 0..20_usize, piece);
    prop::collection::vec(change, 0..12).prop_map(|changes| {
        let mut letters: Vec<_> = SEED.chars().collect();
        for (at, removed, piece) in changes {
            let start = at.index(letters.len() + 1);
            let end = (start + removed).min(letters.len());
            letters.splice(start..end, piece.chars());
        }
        letters.into_iter().collect()
    })
}

/// What the policy's builder says against settings.
fn refused(settings: &Settings) -> Option<ConfigError> {
    match settings.policy() {
        Policy::CircuitBreaker => settings
            .apply(CircuitBreakerConfig::builder())
            .build()
            .err(),
        Policy::Retry => settings.apply(RetryConfig::builder()).build().err(),
        Policy::RateLimiter => settings.apply(RateLimiterConfig::builder()).build().err(),
        Policy::Bulkhead => settings.apply(BulkheadConfig::builder()).build().err(),
        Policy::ThreadPoolBulkhead => settings
            .apply(ThreadPoolBulkheadConfig::builder())
            .build()
            .err(),
        Policy::TimeLimiter => settings.apply(TimeLimiterConfig::builder()).build().err(),
        _ => None,
    }
}

/// Loads a text as every format, leniently and strictly; `strict` may only find more.
fn load(text: &str) {
    let loader = |strict| {
        Configuration::loader()
            .strict(strict)
            .profiles(["prod"])
            .environment([
                ("WAIT", "5s"),
                ("RESILIENCE4J_RETRY_INSTANCES_PAYMENTS_MAXATTEMPTS", "4"),
            ])
    };
    let strictly = loader(true).yaml("a.yml", text).load();
    let leniently = loader(false).yaml("a.yml", text).load();
    match (&strictly, &leniently) {
        (Ok(_), Err(error)) => panic!("a lenient load finds more: {error}"),
        (Err(error), _) => {
            assert!(!error.problems.is_empty());
            for problem in &error.problems {
                // YAML ends lines by more than `\n`.
                let lines = u32::try_from(text.matches(['\n', '\r']).count() + 1).unwrap();
                assert!(
                    problem
                        .place
                        .line()
                        .is_none_or(|line| (1..=lines + 1).contains(&line))
                );
            }
        }
        (Ok(_), Ok(_)) => {}
    }
    for loaded in [strictly, leniently].into_iter().flatten() {
        // What is loaded is what the builders take: nothing is left to be found out at run time.
        for policy in Policy::ALL {
            for instance in loaded.policy(policy).instances() {
                assert_eq!(refused(&instance.effective()), None, "{text}");
            }
        }
    }
    let _ = loader(false).toml("a.toml", text).load();
    let _ = loader(false).json("a.json", text).load();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(2_000)))]

    #[test]
    fn a_mutated_file_is_answered(text in mutated()) {
        load(&text);
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        load(&text);
    }
}

/// Values as files have them, good and bad.
const VALUES: &[&str] = &[
    "0",
    "1",
    "2",
    "1.0",
    "0.5",
    "99",
    "100",
    "101",
    "262143",
    "262144",
    "86401",
    "4294967295",
    "1e-50",
    "100.000001",
    "-1",
    "0ns",
    "1ns",
    "999us",
    "1ms",
    "10s",
    "PT1M",
    "106751991167d",
    "true",
    "false",
    "OPEN",
    "CLOSED",
    "COUNT_BASED",
    "TIME_BASED",
    "failure",
    "text",
    "\" \"",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(3_000)))]

    /// Any keys with any values, at two levels: what the loader takes, the builder takes.
    #[test]
    fn what_is_loaded_is_what_the_builders_take(
        policy in prop::sample::select(Policy::ALL.as_slice()),
        given in prop::collection::vec(
            (any::<bool>(), any::<prop::sample::Index>(), prop::sample::select(VALUES)),
            0..8,
        ),
    ) {
        use resilience_settings as of;
        let settings = match policy {
            Policy::CircuitBreaker => of::circuit_breaker::SETTINGS,
            Policy::Retry => of::retry::SETTINGS,
            Policy::RateLimiter => of::rate_limiter::SETTINGS,
            Policy::Bulkhead => of::bulkhead::SETTINGS,
            Policy::ThreadPoolBulkhead => of::thread_pool_bulkhead::SETTINGS,
            _ => of::time_limiter::SETTINGS,
        };
        let mut text = String::new();
        for (is_own, key, value) in given {
            let level = if is_own { "instances.a" } else { "configs.default" };
            let key = key.get(settings).name;
            text += &format!("---\nresilience4j.{}.{level}.{key}: {value}\n", policy.section());
        }
        load(&text);
    }
}

#[test]
fn the_file_itself_is_good() {
    let loaded = Configuration::loader()
        .strict(false)
        .yaml("a.yml", SEED)
        .profiles(["prod"])
        .load()
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(loaded.policy(Policy::CircuitBreaker).instances().len(), 2);
    assert_eq!(
        loaded.policy(Policy::ThreadPoolBulkhead).instances().len(),
        1
    );
}
