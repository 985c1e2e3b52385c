//! Names that somebody writes who knows Resilience4j, or another crate, and what is written here.

use syn::Meta;

use super::value::as_written;
use crate::policy::{POLICIES, Policy};

/// Names as [`plain`] makes them, the option that takes their place, and how that is written. Of
/// several entries for a name that holds whose option the attribute has, and the first if none.
const PORTED: &[(&[&str], &str, &str)] = &[
    (
        &["retryexceptions"],
        "retry_errors",
        "`retry_errors(PATTERN)`",
    ),
    (
        &["retryexceptionpredicate", "retryonexceptionpredicate"],
        "retry_errors",
        "`retry_errors(PATTERN if condition)`",
    ),
    (
        &["resultpredicate", "retryonresultpredicate"],
        "retry_result",
        "`retry_result(PATTERN)`",
    ),
    (
        &["recordexceptions"],
        "record_errors",
        "`record_errors(PATTERN)`",
    ),
    (
        &["recordfailurepredicate", "recordexceptionpredicate"],
        "record_errors",
        "`record_errors(PATTERN if condition)`",
    ),
    (
        &["recordresultpredicate"],
        "record_result",
        "`record_result(PATTERN)`",
    ),
    (
        &["ignoreexceptions"],
        "ignore_errors",
        "`ignore_errors(PATTERN)`",
    ),
    (
        &["ignoreexceptionpredicate"],
        "ignore_errors",
        "`ignore_errors(PATTERN if condition)`",
    ),
    (
        &["fallbackmethod"],
        "fallback",
        "`fallback = path`, the function's path without quotes",
    ),
    (&["baseconfig"], "config", "`config = \"shared\"`"),
    (
        &["retries", "maxretries"],
        "max_attempts",
        "`max_attempts = 3`, which counts the first call as well",
    ),
    (&["delay"], "wait_duration", "`wait_duration = \"500ms\"`"),
    (
        &["delay"],
        "wait_duration_in_open_state",
        "`wait_duration_in_open_state = \"60s\"`",
    ),
    (
        &["backoff"],
        "enable_exponential_backoff",
        "`enable_exponential_backoff = true`",
    ),
    (
        &["jitter"],
        "enable_randomized_wait",
        "`enable_randomized_wait = true`",
    ),
    (
        &["timeout"],
        "cancel_running_future",
        "`timeout_duration = \"1s\"`",
    ),
    (
        &["timeout"],
        "timeout_duration",
        "`timeout_duration = \"5s\"`",
    ),
    (
        &["timeout"],
        "max_wait_duration",
        "`max_wait_duration = \"100ms\"`, how long a call waits for its place",
    ),
];

/// Names with no option in their place, and what to do instead.
const WITHOUT_COUNTERPART: &[(&str, &str)] = &[
    ("registerhealthindicator", OF_HEALTH),
    ("allowhealthindicatortofail", OF_HEALTH),
    ("eventconsumerbuffersize", OF_KEPT_EVENTS),
    ("subscribeforevents", OF_KEPT_EVENTS),
    (
        "writablestacktraceenabled",
        "remove it, as errors have no stack trace here",
    ),
];

const OF_HEALTH: &str = "it belongs in the configuration file; in code it is `health_of` of the `AdminBuilder` of resilience-admin";
const OF_KEPT_EVENTS: &str = "it belongs in the configuration file; in code it is `buffer_events` of the instance, or of its registry";

/// What to do about an option of that name, as the end of the message.
pub(super) fn advice(policy: &Policy, name: &str, meta: &Meta) -> Option<String> {
    let plain = plain(name);
    if plain == "type" && !policy.kinds.is_empty() {
        return Some(format!(": write {}", kind(policy, meta)));
    }
    if let Some((_, instead)) = WITHOUT_COUNTERPART.iter().find(|(name, _)| *name == plain) {
        return Some(format!(": {instead}"));
    }
    let has = |policy: &Policy, option: &str| policy.option_names().any(|own| own == option);
    let mut entries = PORTED
        .iter()
        .filter(|(names, ..)| names.contains(&plain.as_str()))
        .peekable();
    let (_, first_option, first) = entries.peek()?;
    if let Some((.., instead)) = entries.clone().find(|(_, option, _)| has(policy, option)) {
        return Some(format!(": write {instead}"));
    }
    let homes: Vec<_> = POLICIES
        .iter()
        .filter(|other| has(other, first_option))
        .map(|other| format!("`{}`", other.attribute))
        .collect();
    Some(format!(
        "; {} has {first}: move it to that attribute, or remove it",
        homes.join(" or ")
    ))
}

/// The kind that `type = ..` means, or all of them.
fn kind(policy: &Policy, meta: &Meta) -> String {
    let value = match meta {
        Meta::NameValue(assignment) => plain(&as_written(&assignment.value)),
        _ => String::new(),
    };
    let written = |name: &str| format!("`kind = \"{name}\"`");
    let kinds = || policy.kinds.iter().map(|kind| kind.name);
    match kinds().find(|name| value.contains(&plain(name))) {
        Some(name) => written(name),
        None => kinds().map(written).collect::<Vec<_>>().join(" or "),
    }
}

/// `retryExceptions` and `retry_exceptions` alike.
fn plain(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{PORTED, WITHOUT_COUNTERPART, plain};
    use crate::policy::POLICIES;

    #[test]
    fn every_name_can_be_found_and_leads_to_an_option_that_there_is() {
        for (names, option, instead) in PORTED {
            for name in *names {
                assert_eq!(*name, plain(name));
            }
            let exists = |name: &str| POLICIES.iter().any(|p| p.option_names().any(|o| o == name));
            assert!(exists(option), "{option}");
            let (_, code) = instead.split_once('`').expect("an option in backticks");
            let end = code.find(['(', ' ']).expect("its value");
            assert!(exists(&code[..end]), "{instead}");
        }
        for (name, _) in WITHOUT_COUNTERPART {
            assert_eq!(*name, plain(name));
        }
    }
}
