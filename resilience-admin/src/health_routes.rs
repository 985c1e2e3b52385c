//! Where health is asked for.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use crate::admin::Shared;
use crate::health::{
    BreakerDetails, Component, Health, LimiterDetails, Status, of_breakers, of_limiters,
};
use crate::problem::{Problem, json};

#[derive(Serialize)]
struct Whole {
    status: Status,
    components: Components,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Components {
    circuit_breakers: Component<BreakerDetails>,
    ping: Health<()>,
    rate_limiters: Component<LimiterDetails>,
}

const PING: Health<()> = Health {
    status: Status::Up,
    details: None,
};

/// All of it. As in Spring, that the service answers is a part of it.
pub(crate) fn whole(shared: &Shared) -> Response {
    let (circuit_breakers, _) = of_breakers(&shared.registry, &shared.indicators);
    let (rate_limiters, _) = of_limiters(&shared.registry, &shared.indicators);
    let parts = [circuit_breakers.status, PING.status, rate_limiters.status];
    let status = Status::of_several(parts);
    let components = Components {
        circuit_breakers,
        ping: PING,
        rate_limiters,
    };
    answer(status, &Whole { status, components })
}

pub(crate) fn component(shared: &Shared, name: &str) -> Result<Response, Problem> {
    match name {
        "circuitBreakers" => {
            let (health, _) = of_breakers(&shared.registry, &shared.indicators);
            Ok(answer(health.status, &health))
        }
        "rateLimiters" => {
            let (health, _) = of_limiters(&shared.registry, &shared.indicators);
            Ok(answer(health.status, &health))
        }
        "ping" => Ok(answer(PING.status, &PING)),
        _ => Err(Problem::not_found("there is no such part of the health")),
    }
}

/// A process that answers is alive: to restart it heals no dependency, and would lose what its breakers
/// know.
pub(crate) fn liveness() -> Response {
    answer(Status::Up, &PING)
}

/// Whether calls should come here: not while a breaker is open that was allowed to say so.
pub(crate) fn readiness(shared: &Shared) -> Response {
    let (_, is_ready) = of_breakers(&shared.registry, &shared.indicators);
    let (_, may_enter) = of_limiters(&shared.registry, &shared.indicators);
    let status = if is_ready && may_enter {
        Status::Up
    } else {
        Status::Down
    };
    answer(
        status,
        &Health::<()> {
            status,
            details: None,
        },
    )
}

fn answer(status: Status, health: &impl Serialize) -> Response {
    let code = match status {
        Status::Down => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    json(code, health)
}
