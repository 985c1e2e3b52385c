//! What a registry keeps, under which names, with which settings, and who is told.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

mod bound;
mod call_sites;
#[cfg(feature = "test-util")]
mod entered;
mod event_streams;
mod events;
mod settings;

#[cfg(feature = "config")]
mod configured;
#[cfg(feature = "config")]
mod event_buffers;
#[cfg(feature = "config")]
mod reloaded;
