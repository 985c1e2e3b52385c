//! The layers around clients and servers of the frameworks, over real connections.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

mod axum_server;
mod grpc;
mod grpc_layers;
mod http_client;
mod panics;
mod readiness;
mod retrying;
mod serving;
