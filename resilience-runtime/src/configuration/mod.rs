//! Configuration from files: the `resilience4j` section of a service's `application.yml`, and the
//! same in TOML and JSON.

mod activation;
mod apply;
mod check;
mod environment;
mod inherit;
mod java_class;
mod json;
mod loader;
mod node;
mod placeholder;
mod policy;
mod policy_configuration;
mod problem;
mod profile;
mod reading;
mod section;
mod settings;
mod source;
mod spelling;
mod toml_text;
mod unknown;
mod value;
#[cfg(feature = "watch")]
mod watch;
mod yaml;

use std::path::Path;

pub use self::apply::Configurable;
pub use self::loader::ConfigurationLoader;
pub use self::policy::Policy;
pub use self::policy_configuration::{
    InstanceConfiguration, Layers, PolicyConfiguration, SharedConfiguration,
    UnknownSharedConfiguration,
};
pub use self::problem::{ConfigurationError, Place, Problem};
pub use self::settings::{ConfiguredSetting, Settings};
pub(crate) use self::spelling::{is_slip, nearest};
pub use self::value::SettingValue;
#[cfg(feature = "watch")]
pub use self::watch::{Refused, Watch, WatchError, WatchEvent};

/// What files and the environment say about the policies of a service: read, inherited and checked.
///
/// ```
/// use resilience4rs::CircuitBreakerConfig;
/// use resilience4rs::configuration::{Configuration, Policy};
///
/// let configuration = Configuration::from_yaml_str("
/// resilience4j.circuitbreaker:
///   configs:
///     default:
///       slidingWindowSize: 20
///   instances:
///     payments:
///       failureRateThreshold: 25
///       waitDurationInOpenState: 10s
/// ").unwrap();
///
/// let layers = configuration.policy(Policy::CircuitBreaker).layers("payments", None).unwrap();
/// let builder = layers.shared.apply(CircuitBreakerConfig::builder());
/// let builder = builder.sliding_window_size(50); // what the attribute says, for example
/// let config = layers.own.apply(builder).build().unwrap();
/// assert_eq!((config.sliding_window_size(), config.failure_rate_threshold()), (50, 25.0));
/// ```
///
/// All that is wrong is found at once, each with its place and what to do:
///
/// ```
/// # use resilience4rs::configuration::Configuration;
/// let error = Configuration::from_yaml_str("
/// resilience4j.retry.instances.payments:
///   maxAttempt: 5
///   waitDuration: fast
/// ").unwrap_err();
/// let lines: Vec<_> = error.to_string().lines().map(str::to_owned).collect();
/// assert_eq!(
///     lines[0],
///     "<yaml>:3:3: `resilience4j.retry.instances.payments.maxAttempt` is no key of retries: did you mean `maxAttempts`?",
/// );
/// assert!(lines[1].starts_with("<yaml>:4:17: "));
/// ```
#[derive(Debug, Clone)]
pub struct Configuration {
    policies: Vec<PolicyConfiguration>,
    profiles: Vec<String>,
    warnings: Vec<Problem>,
}

impl Configuration {
    /// Starts a load of several sources, with profiles, an environment, or leniently.
    pub fn loader() -> ConfigurationLoader {
        ConfigurationLoader::default()
    }

    /// Loads a file, its format known by its extension, with the environment of the process.
    ///
    /// # Errors
    /// All that is wrong with it, at once.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, ConfigurationError> {
        Self::loader().process_environment().file(path).load()
    }

    /// Loads a YAML text, without any environment.
    ///
    /// # Errors
    /// All that is wrong with it, at once.
    pub fn from_yaml_str(text: &str) -> Result<Self, ConfigurationError> {
        Self::loader().yaml("<yaml>", text).load()
    }

    /// Loads a TOML text, without any environment.
    ///
    /// ```
    /// use resilience4rs::configuration::{Configuration, Policy};
    ///
    /// let configuration = Configuration::from_toml_str("
    /// [resilience4j.time-limiter.instances.payments]
    /// timeout_duration = '2s'
    /// ").unwrap();
    /// assert!(configuration.policy(Policy::TimeLimiter).instance("payments").is_some());
    /// ```
    ///
    /// # Errors
    /// All that is wrong with it, at once.
    pub fn from_toml_str(text: &str) -> Result<Self, ConfigurationError> {
        Self::loader().toml("<toml>", text).load()
    }

    /// Loads a JSON text, without any environment.
    ///
    /// ```
    /// use resilience4rs::configuration::{Configuration, Policy};
    ///
    /// let text = r#"{"resilience4j": {"bulkhead": {"instances": {"payments": {"maxConcurrentCalls": 5}}}}}"#;
    /// let configuration = Configuration::from_json_str(text).unwrap();
    /// assert!(configuration.policy(Policy::Bulkhead).instance("payments").is_some());
    /// ```
    ///
    /// # Errors
    /// All that is wrong with it, at once.
    pub fn from_json_str(text: &str) -> Result<Self, ConfigurationError> {
        Self::loader().json("<json>", text).load()
    }

    /// What there is about one policy.
    #[must_use]
    pub fn policy(&self, policy: Policy) -> &PolicyConfiguration {
        &self.policies[policy as usize]
    }

    /// The profiles that were active.
    #[must_use]
    pub fn profiles(&self) -> &[String] {
        &self.profiles
    }

    /// What is doubtful: settings without an effect and, in a load that is not strict, what was left
    /// out because nothing is lost by it.
    ///
    /// ```
    /// use resilience4rs::configuration::Configuration;
    ///
    /// let configuration = Configuration::from_yaml_str("
    /// resilience4j.timelimiter.instances.payments.timeoutDuration: 0
    /// ").unwrap();
    /// assert_eq!(
    ///     configuration.warnings()[0].to_string(),
    ///     "<yaml>:2:62: `resilience4j.timelimiter.instances.payments.timeoutDuration` is zero, so every call that waits for anything is out of time: give for example \"1s\"",
    /// );
    /// ```
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }
}
