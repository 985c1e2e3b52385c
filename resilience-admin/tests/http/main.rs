//! The endpoints over real HTTP, on the loopback interface.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

mod breakers;
mod events;
mod health;
mod leaving;
mod lists;
mod names;
mod overrides;
mod page;
mod reader;
mod security;
mod service;
mod streams;
