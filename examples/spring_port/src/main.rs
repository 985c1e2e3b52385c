//! Serves the service: `cargo run --package spring-port`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that logs to where it was started"
)]

use std::env;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let configuration = spring_port::configuration().process_environment().load()?;
    for warning in configuration.warnings() {
        eprintln!("{warning}");
    }
    let registry = spring_port::registry(configuration).build();
    let log = |line: &str| println!("{line}");
    tokio::spawn(spring_port::log_transitions(registry.clone(), log));

    let token = env::var("ACTUATOR_TOKEN").ok();
    let app = spring_port::app(&registry, token.as_deref())?;
    for finding in registry.check()? {
        eprintln!("{finding}");
    }

    let port = env::var("SERVER_PORT").map_or(Ok(8080), |port| port.parse())?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    println!("serving http://{}", listener.local_addr()?);
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).await?;
    Ok(())
}
