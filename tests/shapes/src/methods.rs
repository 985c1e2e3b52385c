//! Methods with the usual receivers, and associated functions.

use ::resilience4rs::{Failure, circuit_breaker};
use ::std::future::ready;
use ::std::result::Result::Ok as Good;

use crate::error::{Answer, Error};
#[allow(unused_imports, reason = "they are there to be tripped over")]
use crate::taken::*;

/// Something with methods.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// What its methods start from.
    pub base: u8,
}

impl Service {
    /// `&self`.
    #[circuit_breaker("shared")]
    pub async fn shared(&self, id: u8) -> Answer<u8> {
        ready(Good(self.base + id)).await
    }

    /// `&self`, with a method of that name as the fallback.
    #[circuit_breaker("shared_or", fallback = backup)]
    pub async fn shared_or(&self, id: u8) -> Answer<u8> {
        ready(Good(self.base + id)).await
    }

    async fn backup(&self, id: u8, _: Failure<Error>) -> Answer<u8> {
        ready(Good(self.base + id + 100)).await
    }

    /// `&self` of a plain method.
    #[circuit_breaker("shared_plain")]
    pub fn shared_plain(&self, id: u8) -> Answer<u8> {
        Good(self.base + id)
    }

    /// `&self` of a plain method, with `Self::` before the fallback.
    #[circuit_breaker("shared_plain_or", fallback = Self::backup_plain)]
    pub fn shared_plain_or(&self, id: u8) -> Answer<u8> {
        Good(self.base + id)
    }

    #[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
    const fn backup_plain(&self, id: u8, _: Error) -> Answer<u8> {
        Good(self.base + id + 100)
    }

    /// `&mut self`.
    #[circuit_breaker("exclusive_self")]
    pub async fn exclusive(&mut self, id: u8) -> Answer<u8> {
        self.base += id;
        ready(Good(self.base)).await
    }

    /// `&mut self`, with a fallback that changes it too.
    #[circuit_breaker("exclusive_self_or", fallback = exclusive_backup)]
    pub async fn exclusive_or(&mut self, id: u8) -> Answer<u8> {
        self.base += id;
        ready(Good(self.base)).await
    }

    async fn exclusive_backup(&mut self, id: u8, _: Failure<Error>) -> Answer<u8> {
        self.base += id + 100;
        ready(Good(self.base)).await
    }

    /// `&mut self` of a plain method.
    #[circuit_breaker("exclusive_self_plain", fallback = exclusive_backup_plain)]
    pub fn exclusive_plain(
        &mut self,
        text: ::std::string::String,
    ) -> Answer<::std::string::String> {
        self.base += 1;
        Good(text)
    }

    #[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
    fn exclusive_backup_plain(
        &mut self,
        text: ::std::string::String,
        _: Failure<Error>,
    ) -> Answer<::std::string::String> {
        self.base += 100;
        Good(text + "?")
    }

    /// An elided lifetime, from the receiver.
    #[circuit_breaker("elided_self", fallback = elided_backup)]
    pub async fn elided(&self, _text: &str) -> Answer<&u8> {
        ready(Good(&self.base)).await
    }

    async fn elided_backup(&self, _: &str, _: Failure<Error>) -> Answer<&u8> {
        ready(Good(&0)).await
    }

    /// An associated function that returns `Self`.
    #[circuit_breaker("associated")]
    pub async fn associated(base: u8) -> Answer<Self> {
        ready(Good(Self { base })).await
    }

    /// An associated function with an associated fallback.
    #[circuit_breaker("associated_or", fallback = Self::associated_backup)]
    pub fn associated_or(base: u8) -> Answer<Self> {
        Good(Self { base })
    }

    #[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
    const fn associated_backup(base: u8, _: Error) -> Answer<Self> {
        Good(Self { base: base + 100 })
    }

    /// A method whose fallback is a free function.
    #[circuit_breaker("free_fallback", fallback = self::free_backup)]
    pub async fn with_free_fallback(&self, id: u8) -> Answer<u8> {
        ready(Good(self.base + id)).await
    }

    /// A fallback that is guarded itself.
    #[circuit_breaker("outer", fallback = Self::shared_or_else)]
    pub async fn nested(&self, id: u8) -> Answer<u8> {
        ready(Good(self.base + id)).await
    }

    #[circuit_breaker("inner", fallback = Self::last)]
    async fn shared_or_else(&self, id: u8, _: Failure<Error>) -> Answer<u8> {
        ready(Good(self.base + id + 50)).await
    }

    async fn last(&self, id: u8, failure: Failure<Error>, _: Failure<Error>) -> Answer<u8> {
        drop(failure);
        ready(Good(self.base + id + 100)).await
    }
}

async fn free_backup(id: u8, _: Failure<Error>) -> Answer<u8> {
    ready(Good(id + 100)).await
}

/// A type with a parameter.
#[derive(Debug)]
pub struct Cache<T>(pub T);

impl<T: ::core::clone::Clone + ::core::marker::Sync + ::core::marker::Send> Cache<T> {
    /// A method of a generic type.
    #[circuit_breaker("generic_type")]
    pub async fn get(&self) -> Answer<T> {
        ready(()).await;
        Good(self.0.clone())
    }

    /// A generic method of a generic type.
    #[circuit_breaker("generic_type_or", fallback = stale)]
    pub async fn get_or<K>(&self, key: K) -> Answer<(K, T)>
    where
        K: ::core::clone::Clone + ::core::marker::Send,
    {
        ready(()).await;
        Good((key, self.0.clone()))
    }

    async fn stale<K: ::core::marker::Send>(&self, key: K, _: Failure<Error>) -> Answer<(K, T)> {
        ready(()).await;
        Good((key, self.0.clone()))
    }
}
