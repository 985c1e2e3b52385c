//! Every route of the service over real HTTP, on the loopback interface. The clock is moved by hand: no
//! test waits.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

mod actuator;
mod answers;
mod breakers;
mod configuration;
mod limits;
mod readme;
mod service;
