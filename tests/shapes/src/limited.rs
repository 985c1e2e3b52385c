//! Shapes under the policies that limit a call: rate limiters, bulkheads and time limiters.

use ::resilience4rs::{
    Failure, PolicyError, bulkhead, circuit_breaker, rate_limiter, retry, time_limiter,
};
use ::std::future::ready;
use ::std::result::Result::Ok as Good;
use ::std::string::String as Text;
use ::std::sync::Arc;
use ::std::sync::atomic::{AtomicU8, Ordering};

use crate::error::{Answer, Error};
#[allow(unused_imports, reason = "they are there to be tripped over")]
use crate::taken::*;

/// A rate limiter around an async function: two calls, and no more in this century.
#[rate_limiter(
    "rated",
    limit_for_period = 2,
    limit_refresh_period = "36500d",
    timeout_duration = "0s"
)]
pub async fn rated(id: u8) -> Answer<u8> {
    ready(Good(id)).await
}

/// The same around a plain one, with a fallback.
#[rate_limiter(
    "rated_plain",
    limit_for_period = 2,
    limit_refresh_period = "36500d",
    timeout_duration = "0s",
    fallback = later
)]
pub fn rated_plain(text: Text) -> Answer<Text> {
    Good(text)
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn later(text: Text, _: Failure<Error>) -> Answer<Text> {
    Good(text + " later")
}

/// Several permits, by an argument.
#[rate_limiter(
    "weighed",
    permits = u32::from(weight),
    limit_for_period = 10,
    limit_refresh_period = "36500d",
    timeout_duration = "0s"
)]
pub async fn weighed((weight, text): (u8, Text)) -> Answer<Text> {
    ready(Good(text)).await
}

/// A bulkhead around an async function.
#[bulkhead("housed", max_concurrent_calls = 1)]
pub async fn housed(
    until: impl ::core::future::Future<Output = u8> + ::core::marker::Send,
) -> Answer<u8> {
    Good(until.await)
}

/// The same around a plain one.
#[bulkhead("housed_plain", max_concurrent_calls = 1)]
pub fn housed_plain(inside: impl ::core::ops::FnOnce() -> Answer<u8>) -> Answer<u8> {
    inside()
}

/// A bulkhead of no places, which is `semaphore` by its own words.
#[allow(deprecated)]
#[bulkhead(name = key, kind = "semaphore", max_concurrent_calls = 0, fallback = crowded)]
pub async fn nowhere(key: &str) -> ::core::option::Option<u8> {
    ready(u8::try_from(key.len()).ok()).await
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn crowded(_: &str, error: PolicyError) -> ::core::option::Option<u8> {
    drop(error);
    ::core::option::Option::Some(100)
}

/// A time limiter around an async function.
#[time_limiter("timed", timeout_duration = "1ms")]
pub async fn timed(
    call: impl ::core::future::Future<Output = u8> + ::core::marker::Send,
) -> Answer<u8> {
    Good(call.await)
}

/// A time limiter around a returned future.
#[time_limiter("timed_opaque", timeout_duration = "1ms")]
pub fn timed_opaque(
    call: impl ::core::future::Future<Output = u8> + ::core::marker::Send,
) -> impl ::core::future::Future<Output = Answer<u8>> + ::core::marker::Send {
    async move { Good(call.await) }
}

/// A time limiter around a boxed one.
#[time_limiter("timed_boxed", timeout_duration = "1m")]
#[must_use]
pub fn timed_boxed(
    text: &str,
) -> ::core::pin::Pin<
    ::std::boxed::Box<
        dyn ::core::future::Future<Output = Answer<usize>> + ::core::marker::Send + '_,
    >,
> {
    ::std::boxed::Box::pin(ready(Good(text.len())))
}

/// A time limiter that lets the call run on.
#[time_limiter("let_go", timeout_duration = "1ms", cancel_running_future = false)]
pub async fn let_go(
    call: impl ::core::future::Future<Output = ()> + ::core::marker::Send + 'static,
    calls: Arc<AtomicU8>,
) -> Answer<u8> {
    call.await;
    Good(calls.fetch_add(1, Ordering::Relaxed))
}

/// A client whose calls run on threads of their own.
#[derive(Debug)]
pub struct Client(pub Text);

impl Client {
    /// A thread pool, and a breaker inside it that is named by an argument.
    #[bulkhead(
        "pooled",
        kind = "thread_pool",
        core_thread_pool_size = 1,
        max_thread_pool_size = 1
    )]
    #[circuit_breaker(name = key)]
    pub async fn pooled(self: Arc<Self>, key: Text) -> Answer<Text> {
        ready(()).await;
        let thread = ::std::thread::current();
        let name = thread.name().unwrap_or_default();
        Good(::std::format!("{} {key} {name}", self.0))
    }

    /// A thread pool inside of a retry: each attempt has its own of what is inside.
    #[retry("pooled again", wait_duration = "0s")]
    #[bulkhead(
        "pooled again",
        kind = "thread_pool",
        core_thread_pool_size = 1,
        max_thread_pool_size = 1
    )]
    #[circuit_breaker(name = key)]
    pub async fn pooled_again(self: Arc<Self>, key: Text, calls: Arc<AtomicU8>) -> Answer<Text> {
        ready(()).await;
        if calls.fetch_add(1, Ordering::Relaxed) < 2 {
            return ::std::result::Result::Err(Error::Down);
        }
        Good(key)
    }
}

/// A service whose methods are guarded by one attribute each, or none.
#[derive(Debug)]
pub struct Service;

#[bulkhead("service", max_concurrent_calls = 5)]
#[time_limiter("service", timeout_duration = "1m")]
impl Service {
    /// Guarded by both.
    pub async fn both(&self, id: u8) -> Answer<u8> {
        ready(Good(id)).await
    }

    /// Guarded by the bulkhead.
    #[time_limiter(skip)]
    pub fn plain(&self, id: u8) -> Answer<u8> {
        Good(id)
    }

    /// Guarded by a bulkhead of its own, and the time limiter.
    #[bulkhead("own places", max_concurrent_calls = 1)]
    pub async fn own(&mut self, id: u8) -> Answer<u8> {
        ready(Good(id)).await
    }
}
