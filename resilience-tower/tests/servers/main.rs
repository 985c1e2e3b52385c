//! The layers around clients and servers of the frameworks, over real connections.

mod axum_server;
mod grpc;
mod http_client;
mod readiness;
mod retrying;
mod serving;
