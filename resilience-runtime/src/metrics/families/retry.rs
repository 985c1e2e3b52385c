use super::super::collect::{Collection, Definition};
use super::{counter, gauge};
use crate::policy::Policy;

const CALLS: Definition = counter(
    "resilience4j.retry.calls",
    "The number of successful calls without a retry attempt",
);
const OUTCOMES: Definition = counter(
    "resilience4rs.retry.outcomes",
    "What became of the calls that are over: one outcome for each",
);
const ATTEMPTS: Definition = counter(
    "resilience4rs.retry.attempts",
    "Attempts, of all calls that are or were made",
);
const AMPLIFICATION: Definition = gauge(
    "resilience4rs.retry.amplification",
    "Attempts for each call: 1 without any retry",
);
const REFUSED: Definition = counter(
    "resilience4rs.retry.refused.retries",
    "Retries that the budget did not allow",
);

pub(super) const DEFINITIONS: &[Definition] = &[CALLS, OUTCOMES, ATTEMPTS, AMPLIFICATION, REFUSED];

pub(super) fn collect(collection: &mut Collection<'_>) {
    for retry in collection.registry().retries() {
        let (metrics, attempts) = retry.metrics_and_attempts();
        let mut instance = collection.instance(Policy::Retry, retry.name());
        let known = [
            (
                "successful_without_retry",
                metrics.successful_calls_without_retry,
            ),
            ("successful_with_retry", metrics.successful_calls_with_retry),
            ("failed_without_retry", metrics.failed_calls_without_retry),
            ("failed_with_retry", metrics.failed_calls_with_retry),
        ];
        let ours = [
            ("cancelled", metrics.cancelled_calls),
            ("panicked", metrics.panicked_calls),
        ];
        for (kind, calls) in known {
            instance.counter(&CALLS, &[("kind", kind)], calls as f64);
        }
        let outcomes = known.into_iter().chain(ours);
        let calls: u64 = outcomes.clone().map(|(_, calls)| calls).sum();
        for (kind, calls) in outcomes {
            instance.counter(&OUTCOMES, &[("kind", kind)], calls as f64);
        }
        instance.counter(&ATTEMPTS, &[], attempts as f64);
        if calls > 0 {
            instance.gauge(&AMPLIFICATION, &[], attempts as f64 / calls as f64);
        }
        instance.counter(&REFUSED, &[], metrics.refused_retries as f64);
    }
}
