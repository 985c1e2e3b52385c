//! Functions that return a value and no `Result`.

use ::resilience4rs::{Failure, PolicyError, circuit_breaker};
use ::std::future::ready;
use ::std::option::Option::Some as Present;
use ::std::sync::atomic::{AtomicU8, Ordering};

#[allow(unused_imports, reason = "they are there to be tripped over")]
use crate::taken::*;

/// An `Option`.
#[circuit_breaker("option", fallback = absent)]
pub async fn option(id: u8) -> ::core::option::Option<u8> {
    ready(Present(id)).await
}

async fn absent(_: u8, error: PolicyError) -> ::core::option::Option<u8> {
    drop(error);
    ready(::core::option::Option::None).await
}

/// An `Option` of a plain function, of which none is a failure.
#[must_use]
#[circuit_breaker("option_plain", record_result(::core::option::Option::None), fallback = absent_at_once)]
pub fn option_plain(text: &str) -> ::core::option::Option<&str> {
    text.get(1..)
}

fn absent_at_once(
    _: &str,
    failure: Failure<::core::convert::Infallible>,
) -> ::core::option::Option<&str> {
    drop(failure);
    ::core::option::Option::None
}

/// A number.
#[circuit_breaker("number", fallback = hundred)]
pub async fn number(id: u8) -> u8 {
    ready(id).await
}

fn hundred(id: u8, error: PolicyError) -> u8 {
    drop(error);
    id + 100
}

/// A number of a plain function.
#[must_use]
#[circuit_breaker("number_plain", fallback = hundred)]
pub fn number_plain(id: u8) -> u8 {
    id
}

/// Nothing.
#[circuit_breaker("nothing", fallback = count_later)]
pub async fn nothing(count: &AtomicU8) {
    ready(()).await;
    count.fetch_add(1, Ordering::Relaxed);
}

async fn count_later(count: &AtomicU8, error: PolicyError) {
    drop(error);
    ready(()).await;
    count.fetch_add(100, Ordering::Relaxed);
}

/// Nothing, at once.
#[circuit_breaker("nothing_plain", fallback = count_at_once)]
pub fn nothing_plain(count: &AtomicU8) {
    count.fetch_add(1, Ordering::Relaxed);
}

fn count_at_once(count: &AtomicU8, error: PolicyError) {
    drop(error);
    count.fetch_add(100, Ordering::Relaxed);
}

/// A type of one's own.
#[derive(Debug, PartialEq, Eq)]
pub struct Page(pub u8);

/// A value of a type of one's own, with one fallback chosen by pattern.
#[circuit_breaker("own_type", plain, record_result(Page(50..)), fallback(_ => blank))]
pub async fn own_type(id: u8) -> Page {
    ready(Page(id)).await
}

fn blank(_: u8, failure: Failure<::core::convert::Infallible>) -> Page {
    drop(failure);
    Page(0)
}

/// A boxed future of a value.
#[circuit_breaker("boxed_value", fallback = hundred)]
pub fn boxed_value(
    id: u8,
) -> ::core::pin::Pin<
    ::std::boxed::Box<dyn ::core::future::Future<Output = u8> + ::core::marker::Send>,
> {
    ::std::boxed::Box::pin(ready(id))
}

/// An opaque future of a value.
#[circuit_breaker("opaque_future_of_value", fallback = hundred)]
pub fn opaque_future_of_value(
    id: u8,
) -> impl ::core::future::Future<Output = u8> + ::core::marker::Send {
    ready(id)
}

/// A generic value.
#[circuit_breaker("generic_value", fallback = same)]
pub async fn generic_value<T: ::core::clone::Clone + ::core::marker::Send>(
    value: T,
) -> ::std::vec::Vec<T> {
    ready(()).await;
    ::std::vec![value]
}

async fn same<T: ::core::marker::Send>(value: T, error: PolicyError) -> ::std::vec::Vec<T> {
    drop(error);
    ready(()).await;
    drop(value);
    ::std::vec::Vec::new()
}
