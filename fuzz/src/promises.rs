//! What a load promises, whatever it is given.

use std::collections::HashSet;

use resilience_runtime::configuration::{
    Configuration, ConfigurationError, ConfigurationLoader, Layers, Place, Policy,
    PolicyConfiguration, Problem, Settings,
};
use resilience_runtime::{
    BulkheadConfig, CircuitBreakerConfig, ConfigError, RateLimiterConfig, Registry,
    RegistryEventKind, RetryConfig, ThreadPoolBulkheadConfig, TimeLimiterConfig,
};

/// What messages call the text.
pub const NAME: &str = "application";

type Answer = Result<Configuration, ConfigurationError>;

/// Loads strictly and leniently what `loader` has, the only text of which is `text`, called [`NAME`].
///
/// # Panics
/// When a load breaks a promise.
pub fn check(loader: &ConfigurationLoader, text: &str, environment: &[(String, String)]) {
    let strict = load(&loader.clone().strict(true));
    let lenient = load(&loader.clone().strict(false));
    differ_by_lenience_alone(&strict, &lenient);
    let given = Given { text, environment };
    for answer in [strict, lenient] {
        match answer {
            Ok(configuration) => {
                given.are_placed(configuration.warnings());
                settles(configuration);
            }
            Err(error) => {
                assert!(!error.problems.is_empty(), "an error without a problem");
                given.are_placed(&error.problems);
            }
        }
    }
}

/// The answer, which is the same when asked again.
fn load(loader: &ConfigurationLoader) -> Answer {
    let first = loader.clone().load();
    let second = loader.clone().load();
    match (&first, &second) {
        (Ok(first), Ok(second)) => assert_same(first, second),
        (Err(first), Err(second)) => assert_eq!(first, second),
        _ => panic!("loaded once and refused once: {first:?}, {second:?}"),
    }
    first
}

fn assert_same(first: &Configuration, second: &Configuration) {
    assert_eq!(first.profiles(), second.profiles());
    assert_eq!(first.warnings(), second.warnings());
    for policy in Policy::ALL {
        let (first, second) = (first.policy(policy), second.policy(policy));
        let configs = first.configs().iter().zip(second.configs());
        for (first, second) in configs {
            assert_eq!(first.name(), second.name());
            assert_eq!(first.place(), second.place());
            assert_eq!(first.settings(), second.settings());
            assert_eq!(first.kept(), second.kept());
        }
        let instances = first.instances().iter().zip(second.instances());
        for (first, second) in instances {
            assert_eq!(first.name(), second.name());
            assert_eq!(first.is_named_by_file(), second.is_named_by_file());
            assert_eq!(first.place(), second.place());
            assert_eq!(first.base_config(), second.base_config());
            assert_eq!(first.shared(), second.shared());
            assert_eq!(first.own(), second.own());
            assert_eq!(first.kept(), second.kept());
        }
        let rest = |policy: &PolicyConfiguration| {
            (
                policy.configs().len(),
                policy.instances().len(),
                policy.tags().clone(),
                policy.aspect_order(),
                policy.metrics_enabled(),
                policy.legacy_metrics_enabled(),
            )
        };
        assert_eq!(rest(first), rest(second));
    }
}

/// What a lenient load refuses, a strict one refuses as well; what only a strict one refuses, a lenient
/// one warns of.
fn differ_by_lenience_alone(strict: &Answer, lenient: &Answer) {
    let (fewer, more) = match (strict, lenient) {
        (Ok(strict), Ok(lenient)) => return assert_same(strict, lenient),
        (Ok(_), Err(error)) => panic!("only a lenient load refuses it: {error}"),
        (Err(strict), Ok(lenient)) => (strict.problems.as_slice(), lenient.warnings()),
        (Err(strict), Err(lenient)) => (lenient.problems.as_slice(), strict.problems.as_slice()),
    };
    let more: HashSet<_> = more.iter().map(ToString::to_string).collect();
    for problem in fewer {
        let is_told = more.contains(&problem.to_string());
        assert!(is_told, "only one of two loads tells it: {problem}");
    }
}

/// What a load was given.
struct Given<'a> {
    text: &'a str,
    environment: &'a [(String, String)],
}

impl Given<'_> {
    /// Each problem is told once, in a line of its own, with a place that there is and in order.
    fn are_placed(&self, problems: &[Problem]) {
        // YAML ends lines by `\r`, too, the others do not.
        let lines = 1 + self.text.matches(['\n', '\r']).count();
        // In bytes: the parser of YAML counts those of a directive, where it ought to count characters.
        let longest = self.text.split('\n').map(str::len).max();
        let columns = 1 + longest.unwrap_or(0);
        let mut told = HashSet::new();
        let mut last = None;
        for problem in problems {
            assert!(!problem.message.trim().is_empty(), "{problem:?}");
            let shown = problem.to_string();
            assert!(!shown.contains(char::is_control), "{problem:?}");
            assert!(told.insert(shown), "told twice: {problem}");
            match &problem.place {
                Place::Variable { name } => {
                    let mut names = self.environment.iter().map(|(name, _)| name.as_str());
                    assert!(names.any(|given| given == &**name), "{problem:?}");
                }
                place => {
                    assert_eq!(place.source(), NAME, "{problem:?}");
                    let position = place.line().zip(place.column());
                    assert!(last <= position, "out of order: {problem}");
                    last = position;
                    if let Some((line, column)) = position {
                        // The end of the text may be a line of its own.
                        assert!((1..=lines + 1).contains(&(line as usize)), "{problem:?}");
                        assert!((1..=columns).contains(&(column as usize)), "{problem:?}");
                    }
                }
            }
        }
    }
}

/// Whatever is loaded is what the builders take, and what a registry makes its instances of: nothing
/// is left to be found out at run time.
fn settles(configuration: Configuration) {
    // A registry keeps an outcome for each call, or a page for each second, of a breaker's window.
    const LARGEST_WINDOWS: usize = 20_000;
    let mut windows = 0;
    for policy in Policy::ALL {
        let of_policy = configuration.policy(policy);
        for config in of_policy.configs() {
            assert_eq!(refused([config.settings()]), None, "{}", config.name());
        }
        for instance in of_policy.instances() {
            let name = instance.name();
            let effective = instance.effective();
            assert_eq!(refused([&effective]), None, "{name}");
            let Layers { shared, own, .. } = of_policy
                .layers(name, None)
                .unwrap_or_else(|error| panic!("{error}"));
            assert_eq!((&shared, &own), (instance.shared(), instance.own()));
            assert_eq!(refused([&shared, &own]), None, "{name}");
            if policy == Policy::CircuitBreaker {
                let builder = effective.apply(CircuitBreakerConfig::builder());
                let size = builder.build().map(|config| config.sliding_window_size());
                windows += size.map_or(0, |size| size as usize);
            }
            for config in of_policy.configs().iter().take(3) {
                // What a call site may ask for; whether that fits is not known before it does.
                let layers = of_policy.layers(name, Some(config.name()));
                assert!(layers.is_ok(), "{name} with {}", config.name());
            }
        }
    }
    if windows <= LARGEST_WINDOWS {
        let registry = Registry::builder().on_event(|event| {
            assert_eq!(event.kind, RegistryEventKind::Added, "{event}");
        });
        drop(registry.configuration(configuration).build());
    }
}

/// What the policy's builder says against settings, the later ones over the earlier ones.
fn refused<'a>(layers: impl IntoIterator<Item = &'a Settings>) -> Option<ConfigError> {
    let mut layers = layers.into_iter().peekable();
    let policy = layers.peek()?.policy();
    macro_rules! build {
        ($config:ty) => {
            layers
                .fold(<$config>::builder(), |builder, layer| layer.apply(builder))
                .build()
                .err()
        };
    }
    match policy {
        Policy::CircuitBreaker => build!(CircuitBreakerConfig),
        Policy::Retry => build!(RetryConfig),
        Policy::RateLimiter => build!(RateLimiterConfig),
        Policy::Bulkhead => build!(BulkheadConfig),
        Policy::ThreadPoolBulkhead => build!(ThreadPoolBulkheadConfig),
        Policy::TimeLimiter => build!(TimeLimiterConfig),
        _ => None,
    }
}
