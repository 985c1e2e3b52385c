//! A Spring Boot service with Resilience4j, ported: two backends, their annotations and their
//! `application.yml`, the controllers as routes of axum, and the actuator's endpoints beside them.

mod backend_a;
mod backend_b;
mod connector;
mod error;
mod log;
mod routes;

use axum::Router;
use resilience_admin::{Admin, BearerTokens, WeakToken};
use resilience4rs::configuration::{Configuration, ConfigurationLoader};
use resilience4rs::{Registry, RegistryBuilder};

pub use crate::log::log_transitions;

/// The file that Java finds in the class path, to be loaded; what is added counts more.
pub fn configuration() -> ConfigurationLoader {
    Configuration::loader().yaml("application.yml", include_str!("../application.yml"))
}

/// A registry with those settings. Micrometer counts from a service's first call on; here somebody has to
/// say so, since a breaker whose metrics nobody reads counts none.
pub fn registry(configuration: Configuration) -> RegistryBuilder {
    Registry::builder()
        .configuration(configuration)
        .metrics(true)
}

/// All routes of the service. Whoever has the token may change the state of breakers; without one,
/// nobody may.
///
/// # Errors
/// When the token is easily guessed.
pub fn app(registry: &Registry, token: Option<&str>) -> Result<Router, WeakToken> {
    let mut admin = Admin::builder(registry);
    if let Some(token) = token {
        admin = admin.authorizer(BearerTokens::new("operator", token)?);
    }
    Ok(Router::new()
        .nest("/backendA", routes::backend_a(registry))
        .nest("/backendB", routes::backend_b(registry))
        .merge(admin.build().router()))
}
