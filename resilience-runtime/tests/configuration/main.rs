//! Configuration from files: good ones and what they mean, broken ones and what is said about them.

#![allow(clippy::unwrap_used, reason = "a test")]
#![allow(
    clippy::format_collect,
    clippy::format_push_string,
    reason = "texts of tests are written to be read"
)]

mod broken;
mod good;
mod limits;
mod mutations;
