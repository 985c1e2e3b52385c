//! gRPC, whose status is in a header or in the trailers.

mod body;
mod circuit_breaker;
mod status;

pub use body::GrpcBody;
pub use circuit_breaker::{GrpcCircuitBreakerLayer, GrpcCircuitBreakerService};
pub use status::{GrpcStatus, grpc_verdict};
