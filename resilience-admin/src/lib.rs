#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod access;
mod admin;
mod bearer;
mod bounds;
mod breakers;
mod builder;
mod cross_site;
mod dashboard;
mod event_list;
mod event_view;
mod health;
mod health_routes;
mod java_text;
mod kind;
mod links;
#[cfg(feature = "prometheus")]
mod metrics;
mod problem;
mod sse;
mod target;
mod update;

pub use access::{Access, AccessRequest, Authorizer, InvalidPrincipal, Principal, Refusal};
pub use admin::Admin;
pub use bearer::{BearerTokens, WeakToken};
pub use builder::AdminBuilder;
pub use health::HealthIndicator;
