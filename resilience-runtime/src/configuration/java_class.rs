//! Keys that name classes of Java, and what a Rust service writes instead.

pub(super) const OF_CIRCUIT_BREAKER: &[JavaClass] = &[
    JavaClass::errors("record_exceptions", "circuit_breaker", "record_errors"),
    JavaClass::errors(
        "record_failure_predicate",
        "circuit_breaker",
        "record_errors",
    ),
    JavaClass::values(
        "record_result_predicate",
        "circuit_breaker",
        "record_result",
    ),
    JavaClass::errors("ignore_exceptions", "circuit_breaker", "ignore_errors"),
    JavaClass::errors(
        "ignore_exception_predicate",
        "circuit_breaker",
        "ignore_errors",
    ),
];
pub(super) const OF_RETRY: &[JavaClass] = &[
    JavaClass::errors("retry_exceptions", "retry", "retry_errors"),
    JavaClass::errors("retry_exception_predicate", "retry", "retry_errors"),
    JavaClass::errors("ignore_exceptions", "retry", "ignore_errors"),
    JavaClass::values("result_predicate", "retry", "retry_result"),
    JavaClass {
        key: "interval_bi_function",
        instead: Instead::Code(
            "give the wait as a function to the builder of the retry's configuration",
        ),
        harmless: false,
    },
    JavaClass::code(
        "consume_result_before_retry_attempt",
        "listen to the retry's events with `on_event`",
    ),
];
pub(super) const OF_THREAD_POOL_BULKHEAD: &[JavaClass] = &[JavaClass::code(
    "context_propagators",
    "remove it, as what another thread needs is moved into the call",
)];
pub(super) const OF_TIMER: &[JavaClass] = &[JavaClass::code(
    "on_failure_tag_resolver",
    "remove it, as metrics tell failures apart by themselves",
)];

/// A key that names Java classes, which mean nothing to Rust.
#[derive(Debug)]
pub(super) struct JavaClass {
    pub(super) key: &'static str,
    instead: Instead,
    /// Whether a load that is not strict may go on without it. What errors count is said in the
    /// attribute, so nothing is lost by it; how long a retry waits would be.
    pub(super) harmless: bool,
}

#[derive(Debug)]
enum Instead {
    /// A pattern for errors in an attribute.
    Errors(&'static str, &'static str),
    /// A pattern for values in an attribute.
    Values(&'static str, &'static str),
    Code(&'static str),
}

impl JavaClass {
    const fn errors(key: &'static str, attribute: &'static str, option: &'static str) -> Self {
        Self {
            key,
            instead: Instead::Errors(attribute, option),
            harmless: true,
        }
    }

    const fn values(key: &'static str, attribute: &'static str, option: &'static str) -> Self {
        Self {
            key,
            instead: Instead::Values(attribute, option),
            harmless: true,
        }
    }

    const fn code(key: &'static str, instead: &'static str) -> Self {
        Self {
            key,
            instead: Instead::Code(instead),
            harmless: true,
        }
    }

    /// What to do about it, in words that follow the path; `classes` as far as they are given.
    pub(super) fn advice(&self, classes: &[&str]) -> String {
        match self.instead {
            Instead::Errors(attribute, option) => {
                let (of_policies, own): (Vec<_>, Vec<_>) =
                    classes.iter().partition(|class| is_of_policies(class));
                let unseen = unseen(attribute);
                if own.is_empty() && !of_policies.is_empty() {
                    return format!("names Java classes: remove it, as {unseen}");
                }
                let variants: Vec<_> = own.into_iter().filter_map(variant).take(10).collect();
                let pattern = if variants.is_empty() || self.key.ends_with("predicate") {
                    "PATTERN".to_owned()
                } else {
                    variants.join(" | ")
                };
                let others = of_policies.iter().take(10).filter_map(|class| name(class));
                let others: Vec<_> = others.map(|name| format!("`{name}`")).collect();
                let without = if others.is_empty() {
                    String::new()
                } else {
                    format!(", and leave out {}: {unseen}", others.join(", "))
                };
                format!(
                    "names Java classes: write `{option}({pattern})` in `#[{attribute}]`, with the variants of the function's own error{without}"
                )
            }
            Instead::Values(attribute, option) => format!(
                "names a Java class: write `{option}(PATTERN)` in `#[{attribute}]`, with a pattern for the function's own value"
            ),
            Instead::Code(code) => format!("names a Java class: {code}"),
        }
    }
}

/// Why the exceptions of policies stand in no pattern, and where a retry has a say about them.
fn unseen(attribute: &str) -> &'static str {
    if attribute == "retry" {
        "patterns do not see what other policies of the function fail with, while `retry_on_policy_error` of the retry's configuration does"
    } else {
        "patterns do not see what other policies of the function fail with"
    }
}

/// Whether Resilience4j itself throws it, such as `CallNotPermittedException`.
fn is_of_policies(class: &str) -> bool {
    class.trim().starts_with("io.github.resilience4j.")
}

/// The class without its package, if it may be one.
fn name(class: &str) -> Option<&str> {
    let name = class.trim().rsplit(['.', '$']).next()?;
    let is_identifier = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.len() <= 60
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_identifier.then_some(name)
}

/// How a Rust error might call what Java's class stands for: `Error::Io` for `java.io.IOException`.
fn variant(class: &str) -> Option<String> {
    let name = name(class)?;
    let name = name
        .strip_suffix("Exception")
        .filter(|name| !name.is_empty())
        .unwrap_or(name);
    // An acronym is one word in Rust: `IO` is `Io`, and `SQLTimeout` stays.
    let acronym = name.bytes().all(|byte| byte.is_ascii_uppercase());
    Some(if acronym {
        format!("Error::{}{}", &name[..1], name[1..].to_lowercase())
    } else {
        format!("Error::{name}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_becomes_a_variant() {
        for (class, expected) in [
            ("java.io.IOException", Some("Error::Io")),
            (
                "java.util.concurrent.TimeoutException",
                Some("Error::Timeout"),
            ),
            ("com.example.Errors$Declined", Some("Error::Declined")),
            ("java.lang.Exception", Some("Error::Exception")),
            ("", None),
            ("a.b-c", None),
        ] {
            assert_eq!(variant(class).as_deref(), expected, "{class}");
        }
    }

    #[test]
    fn what_policies_throw_themselves_is_in_no_pattern() {
        let key = JavaClass::errors("ignore_exceptions", "retry", "ignore_errors");
        let open = "io.github.resilience4j.circuitbreaker.CallNotPermittedException";
        let full = "io.github.resilience4j.bulkhead.BulkheadFullException";
        assert_eq!(
            key.advice(&[open, full]),
            "names Java classes: remove it, as patterns do not see what other policies of the function fail \
             with, while `retry_on_policy_error` of the retry's configuration does",
        );
        let counted = JavaClass::errors("ignore_exceptions", "circuit_breaker", "ignore_errors");
        assert_eq!(
            counted.advice(&[full]),
            "names Java classes: remove it, as patterns do not see what other policies of the function fail \
             with",
        );
        assert_eq!(
            key.advice(&[open, "com.example.Declined", full]),
            "names Java classes: write `ignore_errors(Error::Declined)` in `#[retry]`, with the variants of \
             the function's own error, and leave out `CallNotPermittedException`, `BulkheadFullException`: \
             patterns do not see what other policies of the function fail with, while \
             `retry_on_policy_error` of the retry's configuration does",
        );
        assert_eq!(
            key.advice(&["com.example.Declined"]),
            "names Java classes: write `ignore_errors(Error::Declined)` in `#[retry]`, with the variants of \
             the function's own error",
        );
    }
}
