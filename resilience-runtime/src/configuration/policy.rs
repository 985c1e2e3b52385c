//! The keys of each policy.

use resilience_settings::{
    Kind, Setting, bulkhead, circuit_breaker, rate_limiter, retry, thread_pool_bulkhead,
    time_limiter,
};

use super::java_class::{self, JavaClass};
use super::spelling::canonical;
pub use crate::policy::Policy;

impl Policy {
    /// Several instances of it, in words.
    pub(super) const fn plural(self) -> &'static str {
        match self {
            Self::CircuitBreaker => "circuit breakers",
            Self::Retry => "retries",
            Self::RateLimiter => "rate limiters",
            Self::Bulkhead => "bulkheads",
            Self::ThreadPoolBulkhead => "thread-pool bulkheads",
            Self::TimeLimiter => "time limiters",
            Self::Timer => "timers",
        }
    }

    /// What `instances` may be called as well.
    pub(super) const fn alias(self) -> Option<&'static str> {
        match self {
            Self::RateLimiter => Some("limiters"),
            Self::TimeLimiter | Self::Timer => None,
            _ => Some("backends"),
        }
    }

    /// The key that orders Resilience4j's aspects.
    pub(super) const fn aspect_order(self) -> Option<&'static str> {
        match self {
            Self::CircuitBreaker => Some("circuit_breaker_aspect_order"),
            Self::Retry => Some("retry_aspect_order"),
            Self::RateLimiter => Some("rate_limiter_aspect_order"),
            Self::Bulkhead => Some("bulkhead_aspect_order"),
            Self::ThreadPoolBulkhead => None,
            Self::TimeLimiter => Some("time_limiter_aspect_order"),
            Self::Timer => Some("timer_aspect_order"),
        }
    }

    const fn settings(self) -> &'static [Setting] {
        match self {
            Self::CircuitBreaker => circuit_breaker::SETTINGS,
            Self::Retry => retry::SETTINGS,
            Self::RateLimiter => rate_limiter::SETTINGS,
            Self::Bulkhead => bulkhead::SETTINGS,
            Self::ThreadPoolBulkhead => thread_pool_bulkhead::SETTINGS,
            Self::TimeLimiter => time_limiter::SETTINGS,
            Self::Timer => &[],
        }
    }

    /// The keys that are kept although the policy itself does without them.
    const fn kept(self) -> &'static [Setting] {
        match self {
            Self::CircuitBreaker => &[
                EVENT_CONSUMER_BUFFER_SIZE,
                REGISTER_HEALTH_INDICATOR,
                ALLOW_HEALTH_INDICATOR_TO_FAIL,
                WRITABLE_STACK_TRACE_ENABLED,
                IGNORE_CLASS_BINDING_EXCEPTIONS,
            ],
            Self::RateLimiter => &[
                EVENT_CONSUMER_BUFFER_SIZE,
                REGISTER_HEALTH_INDICATOR,
                ALLOW_HEALTH_INDICATOR_TO_FAIL,
                SUBSCRIBE_FOR_EVENTS,
                WRITABLE_STACK_TRACE_ENABLED,
            ],
            Self::Bulkhead | Self::ThreadPoolBulkhead => {
                &[EVENT_CONSUMER_BUFFER_SIZE, WRITABLE_STACK_TRACE_ENABLED]
            }
            Self::Retry | Self::TimeLimiter => &[EVENT_CONSUMER_BUFFER_SIZE],
            Self::Timer => &[EVENT_CONSUMER_BUFFER_SIZE, METRIC_NAMES],
        }
    }

    const fn java_classes(self) -> &'static [JavaClass] {
        match self {
            Self::CircuitBreaker => java_class::OF_CIRCUIT_BREAKER,
            Self::Retry => java_class::OF_RETRY,
            Self::ThreadPoolBulkhead => java_class::OF_THREAD_POOL_BULKHEAD,
            Self::Timer => java_class::OF_TIMER,
            Self::RateLimiter | Self::Bulkhead | Self::TimeLimiter => &[],
        }
    }

    /// Names that keys had in earlier versions of Resilience4j.
    const fn former(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::CircuitBreaker => &[
                ("ringbuffersizeinclosedstate", "sliding_window_size"),
                (
                    "ringbuffersizeinhalfopenstate",
                    "permitted_number_of_calls_in_half_open_state",
                ),
                ("waitinterval", "wait_duration_in_open_state"),
            ],
            Self::Retry => &[("maxretryattempts", "max_attempts")],
            Self::RateLimiter => &[
                ("limitrefreshperiodinnanos", "limit_refresh_period"),
                ("timeoutinmillis", "timeout_duration"),
            ],
            Self::Bulkhead => &[
                ("maxconcurrentcall", "max_concurrent_calls"),
                ("maxwaittime", "max_wait_duration"),
                (
                    "faircallhandlingstrategyenabled",
                    "fair_call_handling_enabled",
                ),
            ],
            Self::ThreadPoolBulkhead | Self::TimeLimiter | Self::Timer => &[],
        }
    }

    /// What a key of an instance or a shared configuration means, however it is spelt.
    pub(super) fn meaning(self, key: &str) -> Option<Meaning> {
        let key = canonical(key);
        let named = |setting: &&Setting| canonical(setting.name) == key;
        if key == "baseconfig" {
            return Some(Meaning::Base);
        }
        if let Some(setting) = self.settings().iter().find(named) {
            return Some(Meaning::Setting(*setting));
        }
        if let Some(setting) = self.kept().iter().find(named) {
            return Some(Meaning::Kept(*setting));
        }
        self.java_classes()
            .iter()
            .find(|class| canonical(class.key) == key)
            .map(Meaning::JavaClass)
    }

    /// All keys of an instance or a shared configuration, in `snake_case`.
    pub(super) fn keys(self) -> impl Iterator<Item = &'static str> + Clone {
        let settings = self.settings().iter().chain(self.kept());
        std::iter::once(BASE_CONFIG)
            .chain(settings.map(|setting| setting.name))
            .chain(self.java_classes().iter().map(|class| class.key))
    }

    /// What a key is called now that an earlier version called `key`.
    pub(super) fn renamed(self, key: &str) -> Option<&'static str> {
        let key = canonical(key);
        let mut former = self.former().iter();
        former.find(|(name, _)| *name == key).map(|(_, now)| *now)
    }

    /// Whether a key is one of those that only code can set, in Resilience4j as well.
    pub(super) fn is_for_code(self, key: &str) -> bool {
        let keys: &[&str] = match self {
            Self::CircuitBreaker => &[
                "slidingwindowsynchronizationstrategy",
                "ignoreexceptionsprecedenceenabled",
                "transitiononresult",
                "waitintervalfunctioninopenstate",
                "clock",
                "currenttimestampfunction",
            ],
            Self::Retry => &["intervalfunction"],
            Self::RateLimiter => &["drainpermissionsonresult"],
            _ => &[],
        };
        keys.contains(&canonical(key).as_str())
    }

    /// The wait, and the settings that vary it.
    pub(super) const fn wait(self) -> Option<Wait> {
        match self {
            Self::CircuitBreaker => Some(Wait {
                duration: circuit_breaker::WAIT_DURATION_IN_OPEN_STATE.name,
                limit: circuit_breaker::EXPONENTIAL_MAX_WAIT_DURATION_IN_OPEN_STATE.name,
                is_inherited_into: false,
            }),
            Self::Retry => Some(Wait {
                duration: retry::WAIT_DURATION.name,
                limit: retry::EXPONENTIAL_MAX_WAIT_DURATION.name,
                is_inherited_into: true,
            }),
            _ => None,
        }
    }
}

/// What a key means.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meaning {
    /// The shared configuration to inherit from.
    Base,
    Setting(Setting),
    Kept(Setting),
    JavaClass(&'static JavaClass),
}

/// The wait of a policy, which its settings vary together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wait {
    pub(super) duration: &'static str,
    /// The longest wait, which counts only beside a multiplier.
    pub(super) limit: &'static str,
    /// Whether a level that gives the duration inherits what varies it.
    pub(super) is_inherited_into: bool,
}

impl Wait {
    pub(super) const MULTIPLIER: &'static str = retry::EXPONENTIAL_BACKOFF_MULTIPLIER.name;
    pub(super) const FACTOR: &'static str = retry::RANDOMIZED_WAIT_FACTOR.name;

    /// Whether the setting varies the wait.
    pub(super) fn varies_by(self, setting: &str) -> bool {
        setting == self.limit
            || [
                Self::MULTIPLIER,
                Self::FACTOR,
                retry::ENABLE_EXPONENTIAL_BACKOFF.name,
                retry::ENABLE_RANDOMIZED_WAIT.name,
            ]
            .contains(&setting)
    }
}

/// The key that names the shared configuration to inherit from.
pub(super) const BASE_CONFIG: &str = "base_config";

const EVENT_CONSUMER_BUFFER_SIZE: Setting = Setting {
    name: "event_consumer_buffer_size",
    kind: Kind::Count {
        min: 1,
        max: u32::MAX,
    },
};
const REGISTER_HEALTH_INDICATOR: Setting = flag("register_health_indicator");
const ALLOW_HEALTH_INDICATOR_TO_FAIL: Setting = flag("allow_health_indicator_to_fail");
const SUBSCRIBE_FOR_EVENTS: Setting = flag("subscribe_for_events");
const WRITABLE_STACK_TRACE_ENABLED: Setting = flag("writable_stack_trace_enabled");
const IGNORE_CLASS_BINDING_EXCEPTIONS: Setting = flag("ignore_class_binding_exceptions");
const METRIC_NAMES: Setting = Setting {
    name: "metric_names",
    kind: Kind::Text,
};

const fn flag(name: &'static str) -> Setting {
    Setting {
        name,
        kind: Kind::Flag,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_keys_of_a_policy_are_alike() {
        for policy in Policy::ALL {
            let mut keys: Vec<_> = policy.keys().map(canonical).collect();
            keys.sort();
            let count = keys.len();
            keys.dedup();
            assert_eq!(keys.len(), count, "{policy:?}");
            for (former, now) in policy.former() {
                assert!(policy.meaning(former).is_none(), "{former}");
                assert!(policy.meaning(now).is_some(), "{now}");
            }
        }
    }

    #[test]
    fn the_waits_are_varied_by_settings_that_there_are() {
        for policy in [Policy::CircuitBreaker, Policy::Retry] {
            let wait = policy.wait().expect("both wait");
            let varying = policy
                .settings()
                .iter()
                .filter(|setting| wait.varies_by(setting.name));
            assert_eq!(varying.count(), 5, "{policy:?}");
            assert!(policy.meaning(wait.duration).is_some());
        }
    }
}
