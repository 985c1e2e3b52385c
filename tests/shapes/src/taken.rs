//! What the names of the prelude mean in the modules with the shapes.

#![allow(dead_code, reason = "they are there to be tripped over")]

pub struct Result;
pub struct Ok;
pub struct Err;
pub struct Some;
pub struct None;
pub struct Option;
pub struct Box;
pub struct String;
pub struct Vec;
pub struct Pin;
pub struct Infallible;
pub struct Verdict;
pub struct Registry;
pub struct Site;
pub trait Clone {
    fn clone(&self) {}
}
impl<T> Clone for T {}
pub trait Future {}
pub trait IntoFuture {}
pub trait From {}
pub trait Into {}
pub trait AsRef {}
pub trait Outcome {}
pub trait Send {}
pub trait Drop {}
pub mod core {}
pub mod std {}
pub mod alloc {}
pub mod resilience4rs {}
pub mod resilience_runtime {}
pub const fn run() {}
pub const fn guard() {}
pub const fn completed() {}
