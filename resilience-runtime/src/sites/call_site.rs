use std::fmt;

use crate::__private::{AttributeRecord, GuardedFunction};
use crate::policy::Policy;

/// One attribute on one function. See [`call_sites`](crate::call_sites).
///
/// ```
/// use resilience4rs::{Failure, Policy, call_sites, retry};
///
/// # struct Unreachable;
/// struct Rates;
///
/// impl Rates {
///     #[retry("rates", config = "patient", max_attempts = 4, fallback = yesterdays)]
///     async fn rate(&self, currency: &str) -> Result<f64, Unreachable> {
///         Err(Unreachable)
///     }
///
///     async fn yesterdays(&self, _: &str, _: Failure<Unreachable>) -> Result<f64, Unreachable> {
///         Ok(1.08)
///     }
/// }
///
/// # fn main() {
/// let sites = call_sites().unwrap();
/// let site = sites.iter().find(|site| site.name() == Some("rates")).unwrap();
/// assert_eq!(site.policy(), Policy::Retry);
/// assert_eq!(site.config(), Some("patient"));
/// assert_eq!(site.settings(), [("max_attempts", "4")]);
/// assert_eq!(site.fallbacks(), ["yesterdays"]);
/// assert_eq!(site.function(), "rate");
/// assert!(site.file().ends_with(".rs"));
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct CallSite {
    function: &'static GuardedFunction,
    attribute: &'static AttributeRecord,
}

impl CallSite {
    /// The attributes of one function.
    pub(crate) fn all_of(function: &'static GuardedFunction) -> impl Iterator<Item = Self> {
        function.attributes.iter().map(move |attribute| Self {
            function,
            attribute,
        })
    }

    /// The policy, and so which of the registry's instances is meant.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.attribute.policy
    }

    /// The instance's name, where it is the same for every call.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        (!self.attribute.is_expression).then_some(self.attribute.name)
    }

    /// The expression that names the instance for each call, as it is written.
    #[must_use]
    pub fn name_expression(&self) -> Option<&'static str> {
        self.attribute.is_expression.then_some(self.attribute.name)
    }

    /// The shared configuration that the instance starts from, where the attribute names one.
    #[must_use]
    pub fn config(&self) -> Option<&'static str> {
        self.attribute.config
    }

    /// The expression for the registry, as it is written; nothing where it is the global one.
    #[must_use]
    pub fn registry(&self) -> Option<&'static str> {
        self.attribute.registry
    }

    /// The settings in the attribute, in its order: names, and what the builder is given, so that
    /// `"1m 30s"` and `"90 s"` are the same. A duration is written as `1m 30s`, the rest as in the
    /// attribute, without quotes.
    #[must_use]
    pub fn settings(&self) -> &'static [(&'static str, &'static str)] {
        self.attribute.settings
    }

    /// The paths of the functions that answer a failure, as they are written.
    #[must_use]
    pub fn fallbacks(&self) -> &'static [&'static str] {
        self.attribute.fallbacks
    }

    /// The name of the function or method.
    #[must_use]
    pub fn function(&self) -> &'static str {
        self.function.name
    }

    /// The path of the module in which the function is, the crate's name first. The type of a method
    /// is not known.
    #[must_use]
    pub fn module(&self) -> &'static str {
        self.function.module
    }

    /// The file in which the attribute stands, as the compiler was told of it.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.attribute.file
    }

    /// The line on which the attribute begins.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.attribute.line
    }

    /// What the attribute is called, and what says which of its kinds it is.
    fn attribute(&self) -> (&'static str, Option<&'static str>) {
        match self.policy() {
            Policy::CircuitBreaker => ("circuit_breaker", None),
            Policy::Retry => ("retry", None),
            Policy::RateLimiter => ("rate_limiter", None),
            Policy::Bulkhead => ("bulkhead", None),
            Policy::ThreadPoolBulkhead => ("bulkhead", Some("kind = thread_pool")),
            Policy::TimeLimiter => ("time_limiter", None),
            Policy::Timer => ("timer", None),
        }
    }
}

/// On one line: `circuit_breaker "payments" (failure_rate_threshold = 50, fallback) at src/pay.rs:12
/// in shop::pay::pay`.
impl fmt::Display for CallSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (attribute, kind) = self.attribute();
        f.write_str(attribute)?;
        match self.name_expression() {
            None => write!(f, " {:?}", self.attribute.name)?,
            Some(expression) => write!(f, " name = {expression}")?,
        }
        let options = kind
            .map(str::to_owned)
            .into_iter()
            .chain(self.config().map(|config| format!("config = {config:?}")))
            .chain(
                self.registry()
                    .map(|registry| format!("registry = {registry}")),
            )
            .chain(
                self.settings()
                    .iter()
                    .map(|(name, value)| format!("{name} = {value}")),
            )
            .chain((!self.fallbacks().is_empty()).then(|| "fallback".to_owned()));
        let options: Vec<_> = options.collect();
        if !options.is_empty() {
            write!(f, " ({})", options.join(", "))?;
        }
        write!(f, " at {}:{}", self.file(), self.line())?;
        write!(f, " in {}::{}", self.module(), self.function())
    }
}

impl fmt::Debug for CallSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallSite")
            .field("policy", &self.policy())
            .field("name", &self.name())
            .field("name_expression", &self.name_expression())
            .field("config", &self.config())
            .field("registry", &self.registry())
            .field("settings", &self.settings())
            .field("fallbacks", &self.fallbacks())
            .field("function", &self.function())
            .field("module", &self.module())
            .field("file", &self.file())
            .field("line", &self.line())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: AttributeRecord = AttributeRecord {
        policy: Policy::CircuitBreaker,
        name: "payments",
        file: "src/pay.rs",
        line: 12,
        ..AttributeRecord::BARE
    };

    #[test]
    fn a_site_reads_as_one_line() {
        static PAY: GuardedFunction = GuardedFunction {
            module: "shop::pay",
            name: "pay",
            attributes: &[
                PLAIN,
                AttributeRecord {
                    settings: &[("failure_rate_threshold", "50")],
                    fallbacks: &["queue", "Self::give_up"],
                    ..PLAIN
                },
                AttributeRecord {
                    policy: Policy::ThreadPoolBulkhead,
                    name: "self.host",
                    is_expression: true,
                    config: Some("files"),
                    registry: Some("&self.registry"),
                    ..PLAIN
                },
            ],
        };
        let lines: Vec<_> = CallSite::all_of(&PAY)
            .map(|site| site.to_string())
            .collect();
        let place = "at src/pay.rs:12 in shop::pay::pay";
        assert_eq!(
            lines,
            [
                format!("circuit_breaker \"payments\" {place}"),
                format!(
                    "circuit_breaker \"payments\" (failure_rate_threshold = 50, fallback) {place}"
                ),
                format!(
                    "bulkhead name = self.host (kind = thread_pool, config = \"files\", registry = &self.registry) {place}"
                ),
            ]
        );
    }
}
