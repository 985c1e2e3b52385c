//! Generic functions, and results under other names.

use ::resilience4rs::{Failure, PolicyError, circuit_breaker};
use ::std::fmt::Display;
use ::std::future::ready;
use ::std::result::Result::{Err as Bad, Ok as Good};

use crate::error::{Answer, Error};
#[allow(unused_imports, reason = "they are there to be tripped over")]
use crate::taken::*;

/// A type parameter.
#[circuit_breaker("generic")]
pub async fn generic<T: ::core::marker::Send>(value: T) -> Answer<T> {
    ready(()).await;
    Good(value)
}

/// A type parameter that the fallback has too.
#[circuit_breaker("generic_or", fallback = generic_backup)]
pub async fn generic_or<T>(value: T) -> Answer<::std::string::String>
where
    T: Display + ::core::clone::Clone + ::core::marker::Send,
{
    ready(()).await;
    Good(value.to_string())
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn generic_backup<T: Display>(value: T, _: Failure<Error>) -> Answer<::std::string::String> {
    Good(::std::format!("{value}?"))
}

/// A const parameter and a `where` clause.
#[circuit_breaker("const_generic", fallback = const_generic_backup)]
pub fn const_generic<T, const N: usize>(values: [T; N]) -> Answer<usize>
where
    T: ::core::marker::Copy + ::core::convert::Into<u64>,
{
    Good(values.map(::core::convert::Into::into).len())
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn const_generic_backup<T: ::core::marker::Copy, const N: usize>(
    _: [T; N],
    _: Failure<Error>,
) -> Answer<usize> {
    Good(N + 100)
}

/// An `impl Trait` argument.
#[circuit_breaker("impl_argument")]
pub async fn impl_argument(
    text: impl Display + ::core::marker::Send,
) -> Answer<::std::string::String> {
    ready(()).await;
    Good(text.to_string())
}

/// An `impl Trait` argument that the fallback gets too.
#[circuit_breaker("impl_argument_or", fallback = impl_argument_backup)]
pub fn impl_argument_or(
    text: impl Display + ::core::clone::Clone,
    add: &impl Fn(u8) -> u8,
) -> Answer<::std::string::String> {
    Good(::std::format!("{text}{}", add(1)))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn impl_argument_backup(
    text: impl Display,
    add: &impl Fn(u8) -> u8,
    _: Failure<Error>,
) -> Answer<::std::string::String> {
    Good(::std::format!("{text}{}", add(100)))
}

/// A closure, called once.
#[circuit_breaker("closure")]
pub fn closure<F: FnOnce() -> u8>(f: F) -> Answer<u8> {
    Good(f())
}

/// A closure that the fallback calls too.
#[circuit_breaker("closure_or", fallback = closure_backup)]
pub async fn closure_or<F>(f: F) -> Answer<u8>
where
    F: Fn() -> u8 + ::core::marker::Copy + ::core::marker::Send,
{
    ready(Good(f())).await
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn closure_backup<F: Fn() -> u8>(f: F, _: Failure<Error>) -> Answer<u8> {
    Good(f() + 100)
}

/// An error that is a type parameter.
#[circuit_breaker("generic_error")]
pub async fn generic_error<E>(error: ::core::option::Option<E>) -> ::core::result::Result<u8, E>
where
    E: ::core::convert::From<PolicyError> + ::core::marker::Send,
{
    ready(()).await;
    error.map_or(Good(1), Bad)
}

/// `io::Result`, whose error cannot carry a rejection.
#[circuit_breaker("io_result", fallback = io_backup)]
pub fn io_result(ok: bool) -> ::std::io::Result<u8> {
    if ok {
        Good(1)
    } else {
        Bad(::std::io::Error::other("disk"))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn io_backup(_: bool, failure: Failure<::std::io::Error>) -> ::std::io::Result<u8> {
    drop(failure);
    Good(101)
}

/// `Box<dyn Error + Send + Sync>`.
#[circuit_breaker("boxed_error")]
pub async fn boxed_error(
    text: &str,
) -> ::core::result::Result<
    u8,
    ::std::boxed::Box<dyn ::std::error::Error + ::core::marker::Send + Sync>,
> {
    Good(ready(text.parse()).await?)
}

/// The policy's own error.
#[circuit_breaker("policy_error")]
pub fn policy_error(id: u8) -> ::core::result::Result<u8, PolicyError> {
    Good(id)
}

/// An `impl Trait` in the result.
#[circuit_breaker("opaque_value")]
pub fn opaque_value(limit: u8) -> Answer<impl Iterator<Item = u8>> {
    Good((0..limit).filter(|n| n % 2 == 0))
}

/// An `impl Trait` in the result of an async function, whose fallback names its type.
#[circuit_breaker("opaque_value_or", fallback = opaque_backup)]
pub async fn opaque_value_or(limit: u8) -> Answer<impl Iterator<Item = u8>> {
    ready(Good(0..limit)).await
}

async fn opaque_backup(limit: u8, _: Failure<Error>) -> Answer<::std::ops::Range<u8>> {
    ready(Good(0..limit + 1)).await
}
