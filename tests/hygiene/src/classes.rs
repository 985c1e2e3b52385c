//! Errors with classes where every name means something else and there is no prelude.

#![no_implicit_prelude]

#[allow(unused_imports, reason = "they are there to be tripped over")]
use self::names::*;

#[allow(dead_code, reason = "they are there to be tripped over")]
mod names {
    pub(super) trait ErrorClass {}
    pub(super) struct Classification;
    pub(super) struct Result;
    pub(super) struct Err;
    pub(super) struct Ok;
    pub(super) mod core {}
    pub(super) mod resilience4rs {}
    pub(super) const fn classify() {}
}

/// An enum.
#[derive(::core::fmt::Debug, ::resilience4rs::ErrorClass)]
pub enum Broken<'a, T, const N: usize>
where
    T: ::core::marker::Copy,
{
    /// A unit.
    #[class(failure)]
    Down,
    /// A tuple.
    #[class(ignore)]
    Declined(&'a str, [u8; N]),
    /// With names.
    #[class(no_retry)]
    Unclear {
        /// A name.
        error: u8,
    },
    /// The same class once more.
    #[class(ignore, retry)]
    #[deprecated]
    Old,
    /// A raw name.
    #[class(retry)]
    r#Self_,
    /// Another error.
    #[class(transparent)]
    Policy(::resilience4rs::PolicyError),
    /// A generic one.
    #[class(transparent)]
    Inner {
        /// It.
        r#type: ::std::boxed::Box<T>,
    },
}

/// A struct.
#[derive(::core::fmt::Debug, ::resilience4rs::ErrorClass)]
#[class(no_retry)]
pub struct Unit;

/// A struct that wraps.
#[derive(::core::fmt::Debug, ::resilience4rs::ErrorClass)]
#[class(transparent)]
pub struct Wrapper<T>(T);

/// No error at all.
#[derive(
    ::core::fmt::Debug, ::core::clone::Clone, ::core::marker::Copy, ::resilience4rs::ErrorClass,
)]
pub enum Never {}

/// All of one class, in another's name.
#[derive(::core::fmt::Debug, ::resilience4rs::ErrorClass)]
#[class(crate = ::resilience4rs)]
pub enum Same {
    /// One.
    #[class(failure, retry)]
    One,
    /// Two.
    #[class(retry)]
    Two(Unit),
}

/// One that only wraps.
#[derive(::core::fmt::Debug, ::resilience4rs::ErrorClass)]
pub enum Only<T> {
    /// What.
    #[class(transparent)]
    It(T),
}

impl<T: ::core::marker::Copy> ::core::convert::From<::resilience4rs::PolicyError>
    for Broken<'_, T, 3>
{
    fn from(rejected: ::resilience4rs::PolicyError) -> Self {
        Self::Policy(rejected)
    }
}

/// A stack that asks.
///
/// # Errors
/// Always.
#[::resilience4rs::retry("classes", classify, max_attempts = 2, wait_duration = "0s")]
#[::resilience4rs::circuit_breaker("classes", classify, record_errors(Broken::Declined("no", _)))]
pub async fn pay(error: &str) -> ::core::result::Result<u8, Broken<'_, Never, 3>> {
    ::core::result::Result::Err(Broken::Declined(error, [7; 3]))
}

/// A plain one with patterns and a fallback.
///
/// # Errors
/// Always.
#[::resilience4rs::retry(
    "classes",
    classify,
    ignore_errors(Broken::Down),
    retry_errors(Broken::Unclear { .. }),
    wait_duration = "0s",
    fallback = give_up
)]
pub fn pay_at_once<T: ::core::marker::Copy + ::resilience4rs::ErrorClass>(
    ends: T,
) -> ::core::result::Result<u8, Broken<'static, T, 3>> {
    ::core::result::Result::Err(Broken::Inner {
        r#type: ::std::boxed::Box::new(ends),
    })
}

const fn give_up<T: ::core::marker::Copy>(
    _: T,
    failed: Broken<'static, T, 3>,
) -> ::core::result::Result<u8, Broken<'static, T, 3>> {
    ::core::result::Result::Err(failed)
}
