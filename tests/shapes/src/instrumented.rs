//! `#[tracing::instrument]` above and below.

use ::async_trait::async_trait;
use ::resilience4rs::{Failure, circuit_breaker};
use ::std::boxed::Box;
use ::std::future::ready;
use ::std::result::Result::Ok as Good;
use ::tracing::instrument;

use crate::error::{Answer, Error};
#[allow(unused_imports, reason = "they are there to be tripped over")]
use crate::taken::*;

/// Above an async function.
#[instrument]
#[circuit_breaker("above")]
pub async fn above(id: u8) -> Answer<u8> {
    ready(Good(id)).await
}

/// Above an async function with a fallback.
#[instrument]
#[circuit_breaker("above_or", fallback = later)]
pub async fn above_or(id: u8, (a, b): (u8, u8), count: &mut u8) -> Answer<u8> {
    *count += 1;
    ready(Good(id + a + b)).await
}

async fn later(id: u8, pair: (u8, u8), count: &mut u8, _: Failure<Error>) -> Answer<u8> {
    *count += 1;
    ready(Good(id + pair.0 + 100)).await
}

/// Below, on an async function.
#[circuit_breaker("below")]
#[instrument(skip_all)]
pub async fn below(id: u8) -> Answer<u8> {
    ready(Good(id)).await
}

/// Below, on an async function with a fallback.
#[circuit_breaker("below_or", fallback = later)]
#[instrument(skip_all)]
pub async fn below_or(id: u8, (a, b): (u8, u8), count: &mut u8) -> Answer<u8> {
    *count += 1;
    ready(Good(id + a + b)).await
}

/// Above a plain function.
#[instrument(level = "info", fields(known = true))]
#[circuit_breaker("above_plain", fallback = at_once)]
pub fn above_plain(id: u8) -> Answer<u8> {
    Good(id)
}

/// Below, on a plain function.
#[circuit_breaker("below_plain", fallback = at_once)]
#[instrument(ret, level = "debug")]
pub fn below_plain(id: u8) -> Answer<u8> {
    Good(id)
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
const fn at_once(id: u8, _: Error) -> Answer<u8> {
    Good(id + 100)
}

/// Above a function that returns nothing.
#[instrument]
#[circuit_breaker("above_nothing", fallback = no_number)]
pub async fn above_value(id: u8) -> u8 {
    ready(id).await
}

fn no_number(_: u8, error: ::resilience4rs::PolicyError) -> u8 {
    drop(error);
    0
}

/// A trait of `#[async_trait]`.
#[async_trait]
pub trait Traced {
    /// Both attributes.
    async fn traced(&self, id: u8) -> Answer<u8>;
    /// Both, the other way round.
    async fn traced_inside(&self, id: u8) -> Answer<u8>;
}

#[async_trait]
impl Traced for u8 {
    #[instrument]
    #[circuit_breaker("above_async_trait", fallback = self::traced_backup)]
    async fn traced(&self, id: u8) -> Answer<u8> {
        ready(Good(*self + id)).await
    }

    #[circuit_breaker("below_async_trait", fallback = self::traced_backup)]
    #[instrument]
    async fn traced_inside(&self, id: u8) -> Answer<u8> {
        ready(Good(*self + id)).await
    }
}

async fn traced_backup(id: u8, _: Failure<Error>) -> Answer<u8> {
    ready(Good(id + 100)).await
}
