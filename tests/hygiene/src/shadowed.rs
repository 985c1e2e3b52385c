//! Functions in a module where the names of the prelude mean something else.

use ::resilience4rs::circuit_breaker;

#[allow(unused_imports, reason = "they are there to be tripped over")]
use self::names::*;

/// What the names mean here.
#[allow(dead_code, reason = "they are there to be tripped over")]
mod names {
    pub(super) struct Result;
    pub(super) struct Ok;
    pub(super) struct Err;
    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Option;
    pub(super) struct Box;
    pub(super) struct String;
    pub(super) struct Failure;
    pub(super) struct Verdict;
    pub(super) struct Registry;
    pub(super) struct State;
    pub(super) struct Site;
    pub(super) struct Duration;
    pub(super) trait Clone {
        fn clone(&self) {}
    }
    pub(super) trait Future {}
    pub(super) trait From {}
    pub(super) trait AsRef {}
    pub(super) trait Outcome {}
    impl<T> Clone for T {}
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod resilience4rs {}
    pub(super) const fn guard() {}
    pub(super) const fn run() {}
    pub(super) const fn identity() {}
}

type Answer = ::core::result::Result<u8, ::resilience4rs::PolicyError>;

#[circuit_breaker(
    "shadowed",
    failure_rate_threshold = 50,
    wait_duration_in_open_state = "1s",
    initial_state = "CLOSED",
    ignore_errors(_),
    record_result(7),
    fallback = backup
)]
async fn with_fallback(
    number: u8,
    text: ::std::string::String,
    (a, b): (u8, u8),
    buffer: &mut u8,
) -> Answer {
    ::std::future::ready(()).await;
    *buffer += 1;
    ::core::result::Result::Ok(number + a + b + u8::try_from(text.len()).unwrap_or(0))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn backup(
    number: u8,
    _: ::std::string::String,
    _: (u8, u8),
    _: &mut u8,
    failure: ::resilience4rs::Failure<::resilience4rs::PolicyError>,
) -> Answer {
    drop(failure);
    ::core::result::Result::Ok(number)
}

#[circuit_breaker("shadowed")]
async fn without_fallback() -> Answer {
    ::std::future::ready(()).await;
    ::core::result::Result::Ok(1)
}

#[circuit_breaker(name = name, registry = registry, fallback = plain_backup)]
fn plain(registry: &::resilience4rs::Registry, name: &str) -> Answer {
    ::core::result::Result::Ok(2)
}

fn plain_backup(
    _: &::resilience4rs::Registry,
    _: &str,
    error: ::resilience4rs::PolicyError,
) -> Answer {
    ::core::result::Result::Err(error)
}

#[circuit_breaker("shadowed", fallback = boxed_backup)]
fn boxed() -> ::core::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = Answer> + Send>>
{
    ::std::boxed::Box::pin(async { ::core::result::Result::Ok(3) })
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn boxed_backup(_: ::resilience4rs::Failure<::resilience4rs::PolicyError>) -> Answer {
    ::core::result::Result::Ok(3)
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn every_function_runs() {
        let text = ::std::string::String::from("abc");
        let mut buffer = 0;
        let answer = super::with_fallback(1, text, (1, 1), &mut buffer).await;
        assert_eq!(answer, ::core::result::Result::Ok(6));
        assert_eq!(
            super::without_fallback().await,
            ::core::result::Result::Ok(1)
        );
        let registry = ::resilience4rs::Registry::new();
        assert_eq!(super::plain(&registry, "a"), ::core::result::Result::Ok(2));
        assert_eq!(super::boxed().await, ::core::result::Result::Ok(3));
    }
}
