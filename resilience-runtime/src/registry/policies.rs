//! What users call, alike for every policy.

use std::sync::{Arc, Weak};

use super::keeping::{Asked, Kept};
use super::members::Members;
use super::{Inner, Registry, RegistryBuilder};
use crate::bulkhead::{Bulkhead, BulkheadConfig, BulkheadConfigBuilder};
use crate::circuit_breaker::{CircuitBreaker, CircuitBreakerConfig, CircuitBreakerConfigBuilder};
use crate::config_error::ConfigError;
use crate::membership::{Given, Layered, Membership};
use crate::rate_limiter::{RateLimiter, RateLimiterConfig, RateLimiterConfigBuilder};
use crate::retry::{Retry, RetryConfig, RetryConfigBuilder};
use crate::thread_pool_bulkhead::{
    ThreadPoolBulkhead, ThreadPoolBulkheadConfig, ThreadPoolBulkheadConfigBuilder,
};
use crate::time_limiter::{TimeLimiter, TimeLimiterConfig, TimeLimiterConfigBuilder};

impl Registry {
    fn get<M: Kept>(&self, name: &str) -> M {
        self.inner.find_or_make_unclaimed(name, true)
    }

    fn get_with<M: Kept>(
        &self,
        name: &str,
        config: Option<&str>,
        configure: impl FnOnce(M::Builder) -> M::Builder,
    ) -> Result<M, ConfigError> {
        let given = || Given::Builder(Arc::new(configure(M::Builder::default())));
        let given = Some(given);
        let asked = Asked {
            config,
            given,
            is_bounded: true,
        };
        self.inner.find_or_make(name, asked)
    }
}

impl Inner {
    fn add_config<M: Kept>(
        &self,
        name: &str,
        configure: impl FnOnce(M::Builder) -> M::Builder,
    ) -> Result<(), ConfigError> {
        let builder = configure(M::Builder::default());
        builder.clone().settle()?;
        M::members(self).configs.put(name, builder);
        Ok(())
    }
}

/// The methods of one policy. `set` and `read` are a setting of it in an example, which is `value`.
macro_rules! policy {
    (
        $noun:literal, $plural:literal, $instance:ident, $builder:ident, $config:ident, $field:ident,
        $find:ident, $get:ident, $get_with:ident, $get_from:ident, $all:ident,
        $remove:ident, $replace:ident, $add_config:ident, $remove_config:ident;
        $set:literal, $read:literal, $value:literal;
        $make:expr
    ) => {
        #[doc = concat!("# ", $plural)]
        impl Registry {
            #[doc = concat!("The ", $noun, " of this name, if there is one.")]
            ///
            /// It makes none, unlike
            #[doc = concat!("[`", stringify!($get), "`](Self::", stringify!($get), ").")]
            ///
            /// ```
            /// use resilience4rs::Registry;
            ///
            /// let registry = Registry::new();
            #[doc = concat!("assert!(registry.", stringify!($find), "(\"payments\").is_none());")]
            #[doc = concat!("registry.", stringify!($get), "(\"payments\");")]
            #[doc = concat!("assert!(registry.", stringify!($find), "(\"payments\").is_some());")]
            /// ```
            #[must_use]
            pub fn $find(&self, name: &str) -> Option<$instance> {
                self.inner.find(name)
            }

            #[doc = concat!("The ", $noun, " of this name, made if there is none yet with what the")]
            /// configuration says of it.
            ///
            /// The first who gives it settings, in an attribute or by a call, gives it theirs, also later.
            ///
            /// ```
            /// use resilience4rs::Registry;
            ///
            /// let registry = Registry::new();
            #[doc = concat!("let payments = registry.", stringify!($get), "(\"payments\");")]
            #[doc = concat!(
                "registry.", stringify!($get_with), "(\"payments\", |config| config", $set, ").unwrap();"
            )]
            #[doc = concat!("assert_eq!(payments.config()", $read, ", ", $value, ");")]
            /// ```
            pub fn $get(&self, name: &str) -> $instance {
                self.get(name)
            }

            #[doc = concat!("The ", $noun, " of this name. If nobody has given it settings yet, it gets")]
            /// those that `configure` names; else it keeps its own.
            ///
            /// # Errors
            /// When it is to be made and its settings do not fit.
            ///
            /// ```
            /// use resilience4rs::Registry;
            ///
            /// let registry = Registry::new();
            #[doc = concat!(
                "let db = registry.", stringify!($get_with), "(\"db\", |config| config", $set, ").unwrap();"
            )]
            #[doc = concat!("assert_eq!(db.config()", $read, ", ", $value, ");")]
            /// ```
            pub fn $get_with(
                &self,
                name: &str,
                configure: impl FnOnce($builder) -> $builder,
            ) -> Result<$instance, ConfigError> {
                self.get_with(name, None, configure)
            }

            #[doc = concat!("The ", $noun, " of this name, which starts from the shared configuration")]
            /// `config` if nobody has given it settings yet.
            ///
            /// # Errors
            /// When it is to be made, and there is no such shared configuration or the settings do not
            /// fit.
            ///
            /// ```
            /// use resilience4rs::Registry;
            ///
            /// let registry = Registry::new();
            #[doc = concat!(
                "registry.", stringify!($add_config), "(\"shared\", |config| config", $set, ").unwrap();"
            )]
            #[doc = concat!(
                "let db = registry.", stringify!($get_from), "(\"db\", \"shared\", |config| config).unwrap();"
            )]
            #[doc = concat!("assert_eq!(db.config()", $read, ", ", $value, ");")]
            ///
            #[doc = concat!(
                "let error = registry.", stringify!($get_from), "(\"mq\", \"sharde\", |config| config).unwrap_err();"
            )]
            /// assert_eq!(
            ///     error.to_string(),
            ///     "`config` takes one of the shared configurations `shared`, but was `sharde`",
            /// );
            /// ```
            pub fn $get_from(
                &self,
                name: &str,
                config: &str,
                configure: impl FnOnce($builder) -> $builder,
            ) -> Result<$instance, ConfigError> {
                self.get_with(name, Some(config), configure)
            }

            #[doc = concat!("All ", $plural, ", ordered by name.")]
            ///
            /// ```
            /// use resilience4rs::Registry;
            ///
            /// let registry = Registry::new();
            #[doc = concat!("registry.", stringify!($get), "(\"stock\");")]
            #[doc = concat!("registry.", stringify!($get), "(\"payments\");")]
            #[doc = concat!("let all = registry.", stringify!($all), "();")]
            /// let names: Vec<_> = all.iter().map(|one| one.name()).collect();
            /// assert_eq!(names, ["payments", "stock"]);
            /// ```
            #[must_use]
            pub fn $all(&self) -> Vec<$instance> {
                <$instance as Kept>::members(&self.inner).by_name()
            }

            #[doc = concat!("Removes the ", $noun, " of this name, and returns it if there was one.")]
            ///
            /// It forgets its state and its counts. The next call of an attribute that names it, or
            /// whoever asks for it by name, brings it back as new; a handle that somebody holds is one
            /// on the same instance then.
            ///
            /// ```
            /// use resilience4rs::Registry;
            ///
            /// let registry = Registry::new();
            #[doc = concat!("registry.", stringify!($get), "(\"payments\");")]
            #[doc = concat!("assert!(registry.", stringify!($remove), "(\"payments\").is_some());")]
            #[doc = concat!("assert!(registry.", stringify!($find), "(\"payments\").is_none());")]
            /// ```
            pub fn $remove(&self, name: &str) -> Option<$instance> {
                self.inner.remove(name)
            }

            #[doc = concat!("Lets the ", $noun, " of this name begin afresh with other settings, and")]
            /// returns it if there is one; if not, none is made.
            ///
            /// All handles on it remain such. What the configuration says of it still counts more.
            ///
            /// # Errors
            /// When the settings do not fit; then nothing changes.
            ///
            /// ```
            /// use resilience4rs::Registry;
            ///
            /// let registry = Registry::new();
            #[doc = concat!("let payments = registry.", stringify!($get), "(\"payments\");")]
            #[doc = concat!(
                "registry.", stringify!($replace), "(\"payments\", |config| config", $set, ").unwrap();"
            )]
            #[doc = concat!("assert_eq!(payments.config()", $read, ", ", $value, ");")]
            /// ```
            pub fn $replace(
                &self,
                name: &str,
                configure: impl FnOnce($builder) -> $builder,
            ) -> Result<Option<$instance>, ConfigError> {
                self.inner.replace(name, configure($builder::default()))
            }

            #[doc = concat!("Adds a shared configuration of ", $plural, ", or puts it in the place of the")]
            /// one of this name. `default` is the one of all that name no other.
            ///
            /// Instances that exist keep what they have. What a configuration file says of a shared
            /// configuration of the same name counts more.
            ///
            /// # Errors
            /// When the settings do not fit.
            ///
            /// ```
            /// use resilience4rs::Registry;
            ///
            /// let registry = Registry::new();
            #[doc = concat!(
                "registry.", stringify!($add_config), "(\"default\", |config| config", $set, ").unwrap();"
            )]
            #[doc = concat!(
                "assert_eq!(registry.", stringify!($get), "(\"db\").config()", $read, ", ", $value, ");"
            )]
            /// ```
            pub fn $add_config(
                &self,
                name: &str,
                configure: impl FnOnce($builder) -> $builder,
            ) -> Result<(), ConfigError> {
                self.inner.add_config::<$instance>(name, configure)
            }

            #[doc = concat!("Removes a shared configuration of ", $plural, " that code has added, and says")]
            /// whether there was one. Instances that exist keep what they have.
            ///
            /// ```
            /// use resilience4rs::Registry;
            ///
            /// let registry = Registry::new();
            #[doc = concat!(
                "registry.", stringify!($add_config), "(\"shared\", |config| config", $set, ").unwrap();"
            )]
            #[doc = concat!("assert!(registry.", stringify!($remove_config), "(\"shared\"));")]
            #[doc = concat!("assert!(!registry.", stringify!($remove_config), "(\"shared\"));")]
            /// ```
            pub fn $remove_config(&self, name: &str) -> bool {
                <$instance as Kept>::members(&self.inner).configs.remove(name)
            }
        }

        impl RegistryBuilder {
            #[doc = concat!("Adds a shared configuration of ", $plural, "; see")]
            #[doc = concat!("[`Registry::", stringify!($add_config), "`].")]
            ///
            /// ```
            #[doc = concat!("use resilience4rs::{", stringify!($config), ", Registry};")]
            ///
            #[doc = concat!(
                "let shared = ", stringify!($config), "::builder()", $set, ".build().unwrap();"
            )]
            #[doc = concat!(
                "let registry = Registry::builder().", stringify!($add_config), "(\"default\", &shared).build();"
            )]
            #[doc = concat!(
                "assert_eq!(registry.", stringify!($get), "(\"db\").config()", $read, ", ", $value, ");"
            )]
            /// ```
            pub fn $add_config(mut self, name: &str, config: &$config) -> Self {
                let (name, builder) = (name.to_owned(), config.to_builder());
                self.prepare.push(Box::new(move |registry| {
                    let members = <$instance as Kept>::members(&registry.inner);
                    members.configs.put(&name, builder);
                }));
                self
            }
        }

        impl Kept for $instance {
            fn members(registry: &Inner) -> &Members<Self> {
                &registry.$field
            }

            fn make(
                registry: &Inner,
                membership: Membership<$builder>,
                config: $config,
            ) -> Self {
                let make: fn(&Inner, Membership<$builder>, $config) -> Self = $make;
                make(registry, membership, config)
            }
        }
    };
}

policy! {
    "circuit breaker", "circuit breakers", CircuitBreaker, CircuitBreakerConfigBuilder,
    CircuitBreakerConfig, circuit_breakers, find_circuit_breaker, circuit_breaker,
    circuit_breaker_with, circuit_breaker_from, circuit_breakers, remove_circuit_breaker,
    replace_circuit_breaker, add_circuit_breaker_config, remove_circuit_breaker_config;
    ".sliding_window_size(10)", ".sliding_window_size()", "10";
    |registry, membership, config| {
        let breaker = CircuitBreaker::new(membership, &config, registry.clock.clone());
        #[cfg(feature = "metrics-core")]
        if registry.counts_calls() {
            breaker.begin_counting();
        }
        breaker
    }
}

policy! {
    "retry", "retries", Retry, RetryConfigBuilder, RetryConfig, retries, find_retry, retry,
    retry_with, retry_from, retries, remove_retry, replace_retry, add_retry_config,
    remove_retry_config;
    ".max_attempts(5)", ".max_attempts()", "5";
    |registry, membership, config| {
        let budget = config.budget().map(|name| registry.retry_budget(name, &config));
        let this: Weak<Inner> = Weak::clone(&registry.this);
        Retry::new(membership, config, budget, this, registry.clock.clone())
    }
}

policy! {
    "rate limiter", "rate limiters", RateLimiter, RateLimiterConfigBuilder, RateLimiterConfig,
    rate_limiters, find_rate_limiter, rate_limiter, rate_limiter_with, rate_limiter_from,
    rate_limiters, remove_rate_limiter, replace_rate_limiter, add_rate_limiter_config,
    remove_rate_limiter_config;
    ".limit_for_period(20)", ".limit_for_period()", "20";
    |registry, membership, config| RateLimiter::new(membership, config, registry.clock.clone())
}

policy! {
    "bulkhead", "bulkheads", Bulkhead, BulkheadConfigBuilder, BulkheadConfig, bulkheads,
    find_bulkhead, bulkhead, bulkhead_with, bulkhead_from, bulkheads, remove_bulkhead,
    replace_bulkhead, add_bulkhead_config, remove_bulkhead_config;
    ".max_concurrent_calls(10)", ".max_concurrent_calls()", "10";
    |registry, membership, config| Bulkhead::new(membership, config, registry.clock.clone())
}

policy! {
    "thread-pool bulkhead", "thread-pool bulkheads", ThreadPoolBulkhead,
    ThreadPoolBulkheadConfigBuilder, ThreadPoolBulkheadConfig, thread_pool_bulkheads,
    find_thread_pool_bulkhead, thread_pool_bulkhead, thread_pool_bulkhead_with,
    thread_pool_bulkhead_from, thread_pool_bulkheads, remove_thread_pool_bulkhead,
    replace_thread_pool_bulkhead, add_thread_pool_bulkhead_config,
    remove_thread_pool_bulkhead_config;
    ".queue_capacity(10)", ".queue_capacity()", "10";
    |registry, membership, config| ThreadPoolBulkhead::new(membership, config, registry.clock.clone())
}

policy! {
    "time limiter", "time limiters", TimeLimiter, TimeLimiterConfigBuilder, TimeLimiterConfig,
    time_limiters, find_time_limiter, time_limiter, time_limiter_with, time_limiter_from,
    time_limiters, remove_time_limiter, replace_time_limiter, add_time_limiter_config,
    remove_time_limiter_config;
    ".cancel_running_future(false)", ".cancel_running_future()", "false";
    |registry, membership, config| TimeLimiter::new(membership, config, registry.clock.clone())
}
