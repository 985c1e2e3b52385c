#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod bulkhead;
mod circuit_breaker;
mod classify;
mod clone_request;
mod deliver;
mod grpc;
mod http_response;
mod http_status;
mod policy_layer;
mod rate_limiter;
mod retry;
mod retry_after;
mod select;
mod time_limiter;

pub use bulkhead::{BulkheadLayer, BulkheadPolicy};
pub use circuit_breaker::{CircuitBreakerLayer, CircuitBreakerPolicy};
pub use classify::{AnyError, Classify, ClassifyRetry};
pub use clone_request::{AnyMethod, CloneRequest, Idempotent};
pub use deliver::{Answer, Answering, AnsweringWith, AsFailure, Boxed, Deliver, Flattened};
pub use grpc::{
    GrpcBody, GrpcCircuitBreakerLayer, GrpcCircuitBreakerService, GrpcStatus, grpc_verdict,
};
pub use http_response::HttpResponse;
pub use http_status::HttpStatus;
pub use policy_layer::{Around, PolicyLayer, PolicyService};
pub use rate_limiter::{RateLimiterLayer, RateLimiterPolicy};
pub use retry::{RetryLayer, RetryPolicy};
pub use select::Select;
pub use time_limiter::{TimeLimiterLayer, TimeLimiterPolicy};

/// The guide, whose snippets are to compile.
#[cfg(all(doctest, feature = "axum", feature = "reqwest", feature = "tonic"))]
#[doc = include_str!("../../docs/frameworks.md")]
mod frameworks {}

/// An error of any type, as tower and tonic box them.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
