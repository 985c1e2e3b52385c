//! Several fallbacks, chosen by the failure.

use ::resilience4rs::{Failure, PolicyError, circuit_breaker};
use ::std::future::ready;
use ::std::result::Result::{Err as Bad, Ok as Good};

use crate::error::{Answer, Error};
#[allow(unused_imports, reason = "they are there to be tripped over")]
use crate::taken::*;

/// An async function, whose arms answer everything.
#[circuit_breaker(
    "arms",
    fallback(Failure::Policy(PolicyError::CircuitOpen { .. }) => opened, Failure::Call(Error::Down) => down, _ => opened)
)]
pub async fn arms(end: Answer<u8>) -> Answer<u8> {
    ready(end).await
}

/// A plain function, whose arms leave a call's failures to the caller.
#[circuit_breaker("arms_plain", fallback(Failure::Policy(..) => opened_at_once))]
pub fn arms_plain(end: Answer<u8>) -> Answer<u8> {
    end
}

/// Arms of which none answers the policy.
#[circuit_breaker("arms_unsure", fallback(Failure::Call(error) if *error == Error::Down => down))]
pub async fn arms_unsure(end: Answer<u8>) -> Answer<u8> {
    ready(end).await
}

/// Arms of a boxed future.
#[circuit_breaker("arms_boxed", fallback(Failure::Call(Error::Down) => down, Failure::Policy(_) => opened))]
pub fn arms_boxed(
    end: Answer<u8>,
) -> ::core::pin::Pin<
    ::std::boxed::Box<dyn ::core::future::Future<Output = Answer<u8>> + ::core::marker::Send>,
> {
    ::std::boxed::Box::pin(ready(end))
}

/// Arms of an opaque future.
#[circuit_breaker("arms_opaque", fallback(Failure::Call(Error::Down) => down, Failure::Policy(_) => opened))]
pub fn arms_opaque(
    end: Answer<u8>,
) -> impl ::core::future::Future<Output = Answer<u8>> + ::core::marker::Send {
    ready(end)
}

async fn opened(end: Answer<u8>, failure: Failure<Error>) -> Answer<u8> {
    drop(failure);
    ready(end.or(Good(0)).map(|id| id + 100)).await
}

fn opened_at_once(end: Answer<u8>, failure: Failure<Error>) -> Answer<u8> {
    drop(failure);
    end.or(Good(0)).map(|id| id + 100)
}

async fn down(_: Answer<u8>, failure: Failure<Error>) -> Answer<u8> {
    drop(failure);
    ready(Good(50)).await
}

/// Something with methods.
#[derive(Debug)]
pub struct Service(pub u8);

impl Service {
    /// Arms of a method, one of which is a free function.
    #[circuit_breaker(
        "arms_method",
        fallback(Failure::Policy(_) => opened, Failure::Call(Error::Down) => self::down)
    )]
    pub async fn arms(&mut self, end: Answer<u8>) -> Answer<u8> {
        self.0 += 1;
        ready(end).await
    }

    async fn opened(&mut self, _: Answer<u8>, _: Failure<Error>) -> Answer<u8> {
        self.0 += 100;
        ready(Good(self.0)).await
    }
}

/// What the tests pass in as a failed call.
pub const DOWN: Answer<u8> = Bad(Error::Down);

/// What no arm of most functions matches.
pub const REJECTED: Answer<u8> = Bad(Error::Rejected);
