//! Whatever a file says, the loader ends, does not panic, and takes responsibility for its answer.

use proptest::prelude::*;
use resilience_runtime::CircuitBreakerConfig;
use resilience_runtime::configuration::{Configuration, Policy};

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
                let lines = u32::try_from(text.lines().count()).unwrap();
                assert!(
                    problem
                        .place
                        .line()
                        .is_none_or(|line| line >= 1 && line <= lines + 1)
                );
            }
        }
        (Ok(_), Ok(_)) => {}
    }
    for loaded in [strictly, leniently].into_iter().flatten() {
        // What is loaded is what the builder takes: nothing is left to be found out at run time.
        for instance in loaded.policy(Policy::CircuitBreaker).instances() {
            let builder = instance.effective().apply(CircuitBreakerConfig::builder());
            builder.build().unwrap_or_else(|error| panic!("{error}"));
        }
    }
    let _ = loader(false).toml("a.toml", text).load();
    let _ = loader(false).json("a.json", text).load();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_mutated_file_is_answered(text in mutated()) {
        load(&text);
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
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
