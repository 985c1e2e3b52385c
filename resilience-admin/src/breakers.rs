//! The instances as lists, and what a breaker shows of itself.

use axum::http::StatusCode;
use axum::response::Response;
use resilience_runtime::{CircuitBreaker, Registry, StandingOverride};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::java_text::{Percent, Zoned};
use crate::kind::Kind;
use crate::problem::{Problem, json};

/// Values by name, in the order in which they are given.
pub(crate) struct Named<T>(pub(crate) Vec<(String, T)>);

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BreakerList {
    circuit_breakers: Named<BreakerView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BreakerView {
    failure_rate: Percent,
    slow_call_rate: Percent,
    failure_rate_threshold: Percent,
    slow_call_rate_threshold: Percent,
    buffered_calls: u64,
    failed_calls: u64,
    slow_calls: u64,
    slow_failed_calls: u64,
    not_permitted_calls: u64,
    state: String,
    /// Ours, and only of a breaker that is asked for by its name.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    standing: Option<StandingView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StandingView {
    action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Zoned>,
    returns_to: String,
}

impl From<&CircuitBreaker> for BreakerView {
    fn from(breaker: &CircuitBreaker) -> Self {
        let (metrics, config) = (breaker.metrics(), breaker.config());
        Self {
            failure_rate: Percent(metrics.failure_rate),
            slow_call_rate: Percent(metrics.slow_call_rate),
            failure_rate_threshold: Percent(config.failure_rate_threshold()),
            slow_call_rate_threshold: Percent(config.slow_call_rate_threshold()),
            buffered_calls: metrics.buffered_calls,
            failed_calls: metrics.failed_calls,
            slow_calls: metrics.slow_calls,
            slow_failed_calls: metrics.slow_failed_calls,
            not_permitted_calls: metrics.not_permitted_calls,
            state: breaker.state().to_string(),
            standing: None,
        }
    }
}

impl From<StandingOverride> for StandingView {
    fn from(standing: StandingOverride) -> Self {
        let owned = |text: Option<std::sync::Arc<str>>| text.map(|text| text.to_string());
        Self {
            action: standing.action.to_string(),
            operator: owned(standing.operator),
            reason: owned(standing.reason),
            until: standing.until.map(Zoned),
            returns_to: standing.returns_to.to_string(),
        }
    }
}

struct NameList {
    key: &'static str,
    names: Vec<String>,
}

impl Serialize for NameList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.key, &self.names)?;
        map.end()
    }
}

/// All instances: breakers with what they show of themselves, of others the names.
pub(crate) fn list(registry: &Registry, kind: Kind) -> Response {
    if kind != Kind::CircuitBreaker {
        let list = NameList {
            key: kind.words().list_key,
            names: kind.names(registry),
        };
        return json(StatusCode::OK, &list);
    }
    let breakers = registry.circuit_breakers();
    let views = breakers
        .iter()
        .map(|one| (one.name().to_owned(), one.into()));
    let list = BreakerList {
        circuit_breakers: Named(views.collect()),
    };
    json(StatusCode::OK, &list)
}

/// One breaker.
pub(crate) fn show(registry: &Registry, name: &str) -> Result<Response, Problem> {
    let breaker = find(registry, name)?;
    let mut view = BreakerView::from(&breaker);
    view.standing = breaker.standing_override().map(StandingView::from);
    Ok(json(StatusCode::OK, &view))
}

/// Resilience4j makes the breaker that it is asked about, if there is none: whoever guesses names could
/// fill the registry.
pub(crate) fn find(registry: &Registry, name: &str) -> Result<CircuitBreaker, Problem> {
    registry
        .find_circuit_breaker(name)
        .ok_or_else(|| Problem::not_found("there is no circuit breaker of this name"))
}
