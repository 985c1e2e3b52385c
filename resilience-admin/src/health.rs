//! How well a service is, by its breakers and rate limiters: Resilience4j's mapping, and Spring's rules
//! for several.

use std::collections::HashMap;

use resilience_runtime::{CircuitBreaker, Policy, RateLimiter, Registry, State};
use serde::Serialize;

use crate::breakers::Named;
use crate::java_text::Percent;

/// The part that an instance has in the health of its service.
///
/// What a configuration says, with `registerHealthIndicator` and `allowHealthIndicatorToFail`, counts
/// more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum HealthIndicator {
    /// None.
    #[default]
    None,
    /// It is shown, and a breaker that is open leaves the service up.
    Shown,
    /// The service is down while the breaker is open, and not ready.
    MayFail,
}

/// What code says about indicators.
#[derive(Debug, Default)]
pub(crate) struct Indicators {
    pub(crate) of_all: HealthIndicator,
    pub(crate) named: HashMap<(Policy, String), HealthIndicator>,
}

impl Indicators {
    /// What comes of code and configuration.
    fn of(&self, registry: &Registry, policy: Policy, name: &str) -> HealthIndicator {
        let named = self.named.get(&(policy, name.to_owned()));
        let by_code = *named.unwrap_or(&self.of_all);
        let by_files = registry.health_indication(policy, name);
        let is_registered = by_files
            .is_registered
            .unwrap_or(by_code != HealthIndicator::None);
        let may_fail = by_files
            .may_fail
            .unwrap_or(by_code == HealthIndicator::MayFail);
        match (is_registered, may_fail) {
            (false, _) => HealthIndicator::None,
            (true, false) => HealthIndicator::Shown,
            (true, true) => HealthIndicator::MayFail,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    Down,
    Up,
    Unknown,
    CircuitOpen,
    CircuitHalfOpen,
    RateLimited,
}

impl Status {
    /// The worst of those that Spring knows. It passes over others, and what is left of nothing is not
    /// known.
    pub(crate) fn of_several(all: impl IntoIterator<Item = Self>) -> Self {
        let rank = |status: &Self| match status {
            Self::Down => Some(0),
            Self::Up => Some(1),
            Self::Unknown => Some(2),
            Self::CircuitOpen | Self::CircuitHalfOpen | Self::RateLimited => None,
        };
        let known = all.into_iter().filter(|status| rank(status).is_some());
        known.min_by_key(rank).unwrap_or(Self::Unknown)
    }
}

/// A part of the health, or all of it.
#[derive(Serialize)]
pub(crate) struct Health<D> {
    pub(crate) status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) details: Option<D>,
}

pub(crate) type Component<D> = Health<Named<Health<D>>>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BreakerDetails {
    failure_rate: Percent,
    failure_rate_threshold: Percent,
    slow_call_rate: Percent,
    slow_call_rate_threshold: Percent,
    buffered_calls: u64,
    slow_calls: u64,
    slow_failed_calls: u64,
    failed_calls: u64,
    not_permitted_calls: u64,
    state: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LimiterDetails {
    available_permissions: i32,
    number_of_waiting_threads: usize,
}

/// The health of all breakers, and whether the service is ready as far as they are concerned.
pub(crate) fn of_breakers(
    registry: &Registry,
    indicators: &Indicators,
) -> (Component<BreakerDetails>, bool) {
    component(registry.circuit_breakers().iter().filter_map(|breaker| {
        let name = breaker.name();
        let indicator = indicators.of(registry, Policy::CircuitBreaker, name);
        let health = of_breaker(breaker, indicator)?;
        Some((name.to_owned(), health))
    }))
}

/// The same of all rate limiters.
pub(crate) fn of_limiters(
    registry: &Registry,
    indicators: &Indicators,
) -> (Component<LimiterDetails>, bool) {
    component(registry.rate_limiters().iter().filter_map(|limiter| {
        let name = limiter.name();
        let indicator = indicators.of(registry, Policy::RateLimiter, name);
        let health = of_limiter(limiter, indicator)?;
        Some((name.to_owned(), health))
    }))
}

fn component<D>(all: impl Iterator<Item = (String, Health<D>)>) -> (Component<D>, bool) {
    let all: Vec<_> = all.collect();
    let status = Status::of_several(all.iter().map(|(_, health)| health.status));
    // Only one that may fail is ever DOWN.
    let is_ready = status != Status::Down;
    let details = (!all.is_empty()).then_some(Named(all));
    (Health { status, details }, is_ready)
}

fn of_breaker(
    breaker: &CircuitBreaker,
    indicator: HealthIndicator,
) -> Option<Health<BreakerDetails>> {
    let state = breaker.state();
    let status = match (state, indicator) {
        (_, HealthIndicator::None) => return None,
        (State::Closed, _) => Status::Up,
        (State::Open, HealthIndicator::MayFail) => Status::Down,
        (State::Open, HealthIndicator::Shown) => Status::CircuitOpen,
        (State::HalfOpen, _) => Status::CircuitHalfOpen,
        (State::ForcedOpen | State::Disabled | State::MetricsOnly, _) => Status::Unknown,
    };
    let (metrics, config) = (breaker.metrics(), breaker.config());
    let details = BreakerDetails {
        failure_rate: Percent(metrics.failure_rate),
        failure_rate_threshold: Percent(config.failure_rate_threshold()),
        slow_call_rate: Percent(metrics.slow_call_rate),
        slow_call_rate_threshold: Percent(config.slow_call_rate_threshold()),
        buffered_calls: metrics.buffered_calls,
        slow_calls: metrics.slow_calls,
        slow_failed_calls: metrics.slow_failed_calls,
        failed_calls: metrics.failed_calls,
        not_permitted_calls: metrics.not_permitted_calls,
        state: state.to_string(),
    };
    Some(Health {
        status,
        details: Some(details),
    })
}

fn of_limiter(limiter: &RateLimiter, indicator: HealthIndicator) -> Option<Health<LimiterDetails>> {
    let metrics = limiter.metrics();
    let is_well = metrics.available_permissions > 0 || metrics.number_of_waiting_threads == 0;
    let is_refusing =
        u128::from(metrics.nanos_to_wait) > limiter.config().timeout_duration().as_nanos();
    let status = match indicator {
        HealthIndicator::None => return None,
        _ if is_well => Status::Up,
        HealthIndicator::MayFail if is_refusing => Status::Down,
        HealthIndicator::Shown if is_refusing => Status::RateLimited,
        _ => Status::Unknown,
    };
    let details = LimiterDetails {
        available_permissions: metrics.available_permissions,
        number_of_waiting_threads: metrics.number_of_waiting_threads,
    };
    Some(Health {
        status,
        details: Some(details),
    })
}

#[cfg(test)]
mod tests {
    use super::Status::{CircuitHalfOpen, CircuitOpen, Down, RateLimited, Unknown, Up};
    use super::*;

    #[test]
    fn several_are_as_well_as_the_worst_that_spring_knows() {
        for (all, together) in [
            (&[][..], Unknown),
            (&[Up], Up),
            (&[Up, Unknown], Up),
            (&[Unknown, Down, Up], Down),
            (&[CircuitOpen, CircuitHalfOpen, Up], Up),
            (&[CircuitOpen], Unknown),
            (&[RateLimited, Unknown], Unknown),
            (&[CircuitOpen, Down], Down),
        ] {
            assert_eq!(Status::of_several(all.iter().copied()), together, "{all:?}");
        }
    }
}
