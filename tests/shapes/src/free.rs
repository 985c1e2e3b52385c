//! Free functions, with arguments of every kind.

use ::resilience4rs::{Failure, circuit_breaker};
use ::std::future::ready;
use ::std::result::Result::{Err as Bad, Ok as Good};

use crate::error::{Answer, Error};
#[allow(unused_imports, reason = "they are there to be tripped over")]
use crate::taken::*;

/// An async function.
#[circuit_breaker("asynchronous")]
pub async fn asynchronous(id: u8) -> Answer<u8> {
    ready(Good(id)).await
}

/// The same, with an async fallback.
#[circuit_breaker("asynchronous_or", fallback = later)]
pub async fn asynchronous_or(id: u8) -> Answer<u8> {
    ready(Good(id)).await
}

async fn later(id: u8, _: Failure<Error>) -> Answer<u8> {
    ready(Good(id + 100)).await
}

/// A plain function.
#[circuit_breaker("plain")]
pub fn plain(id: u8) -> Answer<u8> {
    Good(id)
}

/// The same, with a fallback.
#[circuit_breaker("plain_or", fallback = at_once)]
pub fn plain_or(id: u8) -> Answer<u8> {
    Good(id)
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
const fn at_once(id: u8, _: Error) -> Answer<u8> {
    Good(id + 100)
}

/// `?` and an early return.
#[circuit_breaker("early")]
pub async fn early(text: &str) -> Answer<u8> {
    if text.is_empty() {
        return Bad(Error::Down);
    }
    let id: u8 = ready(text.parse()).await?;
    Good(id)
}

/// `?` and an early return in a plain function.
#[circuit_breaker("early_or", fallback = length)]
pub fn early_or(text: &str) -> Answer<u8> {
    if text.is_empty() {
        return Bad(Error::Down);
    }
    Good(text.parse()?)
}

fn length(text: &str, _: Failure<Error>) -> Answer<u8> {
    u8::try_from(text.len() + 100).map_err(|_| Error::Down)
}

/// An owned argument that the body consumes.
#[circuit_breaker("consumed")]
pub async fn consumed(text: ::std::string::String) -> Answer<::std::string::String> {
    ready(()).await;
    Good(text)
}

/// The same, with a fallback that consumes it too.
#[circuit_breaker("consumed_or", fallback = consumed_backup)]
pub async fn consumed_or(text: ::std::string::String) -> Answer<::std::string::String> {
    ready(()).await;
    Good(text)
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn consumed_backup(
    text: ::std::string::String,
    _: Failure<Error>,
) -> Answer<::std::string::String> {
    Good(text + "?")
}

/// A lifetime in the result.
#[circuit_breaker("lifetime")]
pub async fn lifetime<'a>(text: &'a str, _other: &str) -> Answer<&'a str> {
    ready(Good(text)).await
}

/// A lifetime in the result of the fallback as well.
#[circuit_breaker("lifetime_or", fallback = first_letter)]
pub async fn lifetime_or<'a>(text: &'a str, _other: &str) -> Answer<&'a str> {
    ready(Good(text)).await
}

async fn first_letter<'a>(text: &'a str, _: &str, _: Failure<Error>) -> Answer<&'a str> {
    ready(Good(&text[..1])).await
}

/// An elided lifetime in the result.
#[circuit_breaker("elided")]
pub fn elided(text: &str) -> Answer<&str> {
    Good(text)
}

/// A `&mut` argument.
#[circuit_breaker("exclusive")]
pub async fn exclusive(count: &mut u8) -> Answer<u8> {
    ready(()).await;
    *count += 1;
    Good(*count)
}

/// A `&mut` argument that goes to the fallback afterwards.
#[circuit_breaker("exclusive_or", fallback = exclusive_backup)]
pub async fn exclusive_or(count: &mut u8) -> Answer<u8> {
    ready(()).await;
    *count += 1;
    Good(*count)
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
const fn exclusive_backup(count: &mut u8, _: Error) -> Answer<u8> {
    *count += 100;
    Good(*count)
}

/// Patterns, `mut` and `_`.
#[circuit_breaker("patterns")]
pub fn patterns((a, b): (u8, u8), [c, ..]: [u8; 2], mut d: u8, _: u8) -> Answer<u8> {
    d += a + b + c;
    Good(d)
}

/// Patterns, `mut` and `_`, whole for the fallback.
#[circuit_breaker("patterns_or", fallback = patterns_backup)]
pub async fn patterns_or((a, b): (u8, u8), [c, ..]: [u8; 2], mut d: u8, _: u8) -> Answer<u8> {
    ready(()).await;
    d += a + b + c;
    Good(d)
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn patterns_backup(pair: (u8, u8), array: [u8; 2], d: u8, e: u8, _: Failure<Error>) -> Answer<u8> {
    Good(pair.0 + array[1] + d + e + 100)
}

/// An argument that exists under a condition.
#[circuit_breaker("conditional", fallback = conditional_backup)]
pub async fn conditional(
    #[cfg(target_pointer_width = "16")] gone: Missing,
    #[cfg(not(target_pointer_width = "16"))] here: u8,
) -> Answer<u8> {
    ready(Good(here)).await
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn conditional_backup(here: u8, _: Failure<Error>) -> Answer<u8> {
    Good(here + 100)
}

/// Recursion.
#[circuit_breaker("recursion")]
pub fn recursion(n: u8) -> Answer<u8> {
    if n == 0 {
        return Good(1);
    }
    Good(n * recursion(n - 1)?)
}

/// Recursion of a future.
#[circuit_breaker("recursion_or", fallback = later)]
pub async fn recursion_or(n: u8) -> Answer<u8> {
    if n == 0 {
        return Good(1);
    }
    Good(n * ::std::boxed::Box::pin(recursion_or(n - 1)).await?)
}

/// Loops with labels, `break` and `continue`.
#[circuit_breaker("loops")]
pub async fn loops(limit: u8) -> Answer<u8> {
    let mut sum = 0;
    'outer: loop {
        for step in 0..=u8::MAX {
            if step == 2 {
                continue;
            }
            if step > limit {
                break 'outer;
            }
            sum += ready(step).await;
        }
    }
    Good(sum)
}

/// A closure with a `return` of its own.
#[circuit_breaker("closure_inside", fallback = at_once)]
pub fn closure_inside(id: u8) -> Answer<u8> {
    let checked = |id: u8| {
        if id == 0 {
            return Bad(Error::Down);
        }
        Good(id)
    };
    checked(id)
}

/// An async block with a `?` of its own.
#[circuit_breaker("block_inside", fallback = later)]
pub async fn block_inside(id: u8) -> Answer<u8> {
    let block = async {
        let id = ready(Answer::Ok(id)).await?;
        Answer::Ok(id)
    };
    block.await
}
