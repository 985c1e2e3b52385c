/// The metrics of one name.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MetricFamily {
    /// As Micrometer has it: `resilience4j.circuitbreaker.calls`.
    pub name: &'static str,
    /// Its description.
    pub help: &'static str,
    /// What its values are.
    pub kind: MetricKind,
    /// One for each instance and each of its kinds, states and so on.
    pub samples: Vec<MetricSample>,
}

/// What the values of a [`MetricFamily`] are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MetricKind {
    /// A sum that only grows.
    Counter,
    /// A value that goes up and down.
    Gauge,
    /// How many calls there were, how long they took in all, and the longest of late.
    Timer,
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MetricSample {
    /// Names and values, ordered by the names. Values are of 200 bytes at most and without control
    /// characters.
    pub labels: Vec<(String, String)>,
    /// The value.
    pub value: MetricValue,
}

/// The value of a [`MetricSample`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum MetricValue {
    /// Of a [counter](MetricKind::Counter).
    Counter(f64),
    /// Of a [gauge](MetricKind::Gauge).
    Gauge(f64),
    /// Of a [timer](MetricKind::Timer).
    #[non_exhaustive]
    Timer {
        /// How many calls.
        count: u64,
        /// How long they took in all.
        total_seconds: f64,
        /// How long the longest took of those of the last two to three minutes; 0 without any.
        max_seconds: f64,
    },
}

impl MetricFamily {
    /// Its name in Prometheus, by Micrometer's rules. A timer's has `_count`, `_sum` and `_max` after
    /// it.
    ///
    /// ```
    /// use resilience4rs::Registry;
    ///
    /// let registry = Registry::new();
    /// registry.retry("payments");
    /// registry.circuit_breaker("payments");
    /// let families = registry.metric_families();
    /// let named = |name| families.iter().find(|family| family.name == name).unwrap();
    /// assert_eq!(
    ///     named("resilience4j.circuitbreaker.calls").prometheus_name(),
    ///     "resilience4j_circuitbreaker_calls_seconds",
    /// );
    /// assert_eq!(named("resilience4j.retry.calls").prometheus_name(), "resilience4j_retry_calls_total");
    /// ```
    #[must_use]
    pub fn prometheus_name(&self) -> String {
        let suffix = match self.kind {
            MetricKind::Counter => "_total",
            MetricKind::Gauge => "",
            MetricKind::Timer => "_seconds",
        };
        self.name.replace('.', "_") + suffix
    }
}
