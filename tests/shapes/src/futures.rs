//! Functions that return a future, and bodies that cannot leave their thread.

use ::resilience4rs::{Failure, circuit_breaker};
use ::std::future::ready;
use ::std::result::Result::Ok as Good;

use crate::error::{Answer, Error};
#[allow(unused_imports, reason = "they are there to be tripped over")]
use crate::taken::*;

/// What a boxed future is often called.
pub type BoxFuture<'a, T> = ::core::pin::Pin<
    ::std::boxed::Box<dyn ::core::future::Future<Output = T> + ::core::marker::Send + 'a>,
>;

/// `impl Future`.
#[circuit_breaker("opaque")]
pub fn opaque(id: u8) -> impl ::core::future::Future<Output = Answer<u8>> + ::core::marker::Send {
    ready(Good(id))
}

/// `impl Future`, with an async fallback.
#[circuit_breaker("opaque_or", fallback = later)]
pub fn opaque_or(
    id: u8,
) -> impl ::core::future::Future<Output = Answer<u8>> + ::core::marker::Send + use<> {
    async move { ready(Good(id)).await }
}

/// `impl Future` of a `Result` that borrows.
#[circuit_breaker("opaque_borrowed", fallback = borrowed_backup)]
pub fn opaque_borrowed<'a>(
    text: &'a str,
) -> impl ::core::future::Future<Output = Answer<&'a str>> + ::core::marker::Send + use<'a> {
    async move { ready(Good(text)).await }
}

async fn borrowed_backup(text: &str, _: Failure<Error>) -> Answer<&str> {
    ready(Good(&text[..1])).await
}

/// `Pin<Box<dyn Future>>`.
#[circuit_breaker("boxed_future")]
pub fn boxed(
    id: u8,
) -> ::core::pin::Pin<
    ::std::boxed::Box<dyn ::core::future::Future<Output = Answer<u8>> + ::core::marker::Send>,
> {
    ::std::boxed::Box::pin(ready(Good(id)))
}

/// `Pin<Box<dyn Future>>`, with a fallback.
#[circuit_breaker("boxed_future_or", fallback = later)]
pub fn boxed_or(
    id: u8,
) -> ::core::pin::Pin<
    ::std::boxed::Box<dyn ::core::future::Future<Output = Answer<u8>> + ::core::marker::Send>,
> {
    ::std::boxed::Box::pin(async move { ready(Good(id)).await })
}

/// A future under the name that the futures crate gave it.
#[circuit_breaker("named_future", fallback = later)]
pub fn named(id: u8) -> BoxFuture<'static, Answer<u8>> {
    ::std::boxed::Box::pin(async move { ready(Good(id)).await })
}

async fn later(id: u8, _: Failure<Error>) -> Answer<u8> {
    ready(Good(id + 100)).await
}

/// A body that is not `Send`.
#[expect(clippy::future_not_send, reason = "the shape under test")]
#[circuit_breaker("not_send")]
pub async fn not_send(value: ::std::rc::Rc<u8>) -> Answer<u8> {
    ready(()).await;
    Good(*value)
}

/// A body that is not `Send`, with a fallback.
#[expect(clippy::future_not_send, reason = "the shape under test")]
#[circuit_breaker("not_send_or", fallback = not_send_backup)]
pub async fn not_send_or(value: ::std::rc::Rc<u8>) -> Answer<u8> {
    ready(()).await;
    Good(*value)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature of its function"
)]
#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn not_send_backup(value: ::std::rc::Rc<u8>, _: Failure<Error>) -> Answer<u8> {
    Good(*value + 100)
}

/// An argument that is `Send` and not `Sync`.
#[circuit_breaker("not_sync", fallback = not_sync_backup)]
pub async fn not_sync(value: ::std::cell::Cell<u8>) -> Answer<u8> {
    ready(()).await;
    Good(value.get())
}

async fn not_sync_backup(value: ::std::cell::Cell<u8>, _: Failure<Error>) -> Answer<u8> {
    ready(()).await;
    Good(value.get() + 100)
}
