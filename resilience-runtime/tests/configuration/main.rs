//! Configuration from files: good ones and what they mean, broken ones and what is said about them.

mod broken;
mod good;
mod limits;
mod mutations;
