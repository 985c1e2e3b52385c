//! Texts of which one byte may be a whole word, so that libFuzzer puts words in each other's places as
//! easily as letters.

use arbitrary::{Arbitrary, Result, Unstructured};

/// A text. A byte of ASCII stands for itself, one beyond for a word of [`WORDS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(pub String);

/// Where the bytes begin that stand for words.
const FIRST: u8 = 0x80;

/// What means something to the loader; which byte stands for which does not matter.
const WORDS: [&str; 128] = [
    // What stands around the settings.
    "resilience4j",
    "circuitbreaker",
    "retry",
    "ratelimiter",
    "bulkhead",
    "thread-pool-bulkhead",
    "timelimiter",
    "micrometer.timer",
    "configs",
    "instances",
    "backends",
    "limiters",
    "default",
    "tags",
    "metrics",
    "enabled",
    "legacy",
    "payments",
    "shared",
    // Keys.
    "baseConfig",
    "failureRateThreshold",
    "slowCallRateThreshold",
    "slowCallDurationThreshold",
    "slidingWindowType",
    "slidingWindowSize",
    "minimumNumberOfCalls",
    "permittedNumberOfCallsInHalfOpenState",
    "maxWaitDurationInHalfOpenState",
    "waitDurationInOpenState",
    "enableExponentialBackoff",
    "exponentialBackoffMultiplier",
    "exponentialMaxWaitDurationInOpenState",
    "exponentialMaxWaitDuration",
    "enableRandomizedWait",
    "randomizedWaitFactor",
    "initialState",
    "transitionToStateAfterWaitDuration",
    "cancelledCalls",
    "recordExceptions",
    "maxAttempts",
    "waitDuration",
    "maxDuration",
    "budget",
    "budgetPercentage",
    "budgetMinRetriesPerSecond",
    "retryOnCircuitOpen",
    "retryExceptions",
    "intervalBiFunction",
    "limitForPeriod",
    "limitRefreshPeriod",
    "timeoutDuration",
    "maxConcurrentCalls",
    "maxWaitDuration",
    "fairCallHandlingEnabled",
    "coreThreadPoolSize",
    "maxThreadPoolSize",
    "queueCapacity",
    "keepAliveDuration",
    "cancelRunningFuture",
    "eventConsumerBufferSize",
    "registerHealthIndicator",
    "metricNames",
    "retryAspectOrder",
    // Profiles.
    "spring.profiles",
    "spring.profiles.active",
    "spring.config.activate.on-profile",
    "spring.config.activate.on-cloud-platform",
    "SPRING_PROFILES_ACTIVE",
    "prod",
    // Names of environment variables.
    "RESILIENCE4J_",
    "CIRCUITBREAKER_",
    "RETRY_",
    "RATELIMITER_LIMITERS_",
    "THREADPOOLBULKHEAD_",
    "MICROMETER_TIMER_",
    "INSTANCES_",
    "CONFIGS_",
    "TAGS_",
    "METRICS_ENABLED",
    "METRICS_LEGACY_ENABLED",
    "PAYMENTS_",
    "BASECONFIG",
    "MAX_ATTEMPTS",
    // Values.
    "true",
    "false",
    "null",
    "-1",
    "010",
    "100",
    "0.5",
    "1e-50",
    "262144",
    "4294967295",
    "99999999999999999999",
    "0ns",
    "10s",
    "500ms",
    "PT1M",
    "1m 30s",
    "18446744073709551615d",
    "COUNT_BASED",
    "TIME_BASED",
    "FORCED_OPEN",
    "java.io.IOException",
    // Placeholders.
    "${",
    "${a:",
    // YAML, and what the other formats have.
    ": ",
    "\n  ",
    "\n    ",
    "\n      ",
    "\n        ",
    "---\n",
    "...\n",
    "<<: ",
    "&a ",
    "*a",
    "|\n",
    "!!str ",
    "[a.b]",
    "'''",
    "\": \"",
    // More than a byte, or the end of a line to some.
    "\r\n",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{130}",
    "ä",
    "ö",
];

impl Text {
    fn of(bytes: &[u8]) -> Self {
        let mut text = String::new();
        for byte in bytes {
            match byte.checked_sub(FIRST) {
                Some(word) => text.push_str(WORDS[usize::from(word)]),
                None => text.push(char::from(*byte)),
            }
        }
        Self(text)
    }

    /// Bytes that stand for a text, unless it has a character that none stands for.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut rest = self.0.as_str();
        while let Some(next) = rest.chars().next() {
            let words = (FIRST..=u8::MAX).zip(WORDS);
            let longest = words
                .filter(|(_, word)| rest.starts_with(word))
                .max_by_key(|(_, word)| word.len());
            let (byte, length) = match longest {
                Some((byte, word)) => (byte, word.len()),
                None => (u8::try_from(next).ok().filter(u8::is_ascii)?, 1),
            };
            bytes.push(byte);
            rest = &rest[length..];
        }
        Some(bytes)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl<'a> Arbitrary<'a> for Text {
    /// The number of bytes comes before them. For texts, the `arbitrary` crate has their lengths at the
    /// far end of the input, where whatever is put into the input moves them.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let length = usize::from(u8::arbitrary(u)?).min(u.len());
        Ok(Self::of(u.bytes(length)?))
    }

    fn arbitrary_take_rest(u: Unstructured<'a>) -> Result<Self> {
        Ok(Self::of(u.take_rest()))
    }

    fn size_hint(_: usize) -> (usize, Option<usize>) {
        (0, None)
    }
}
