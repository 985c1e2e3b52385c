//! Methods of traits: native async ones, and those of `#[async_trait]`.

use ::async_trait::async_trait;
use ::resilience4rs::{Failure, circuit_breaker};
use ::std::boxed::Box;
use ::std::future::ready;
use ::std::result::Result::Ok as Good;

use crate::error::{Answer, Error};
#[allow(unused_imports, reason = "they are there to be tripped over")]
use crate::taken::*;

/// Something that implements the traits.
#[derive(Debug)]
pub struct Exchange(pub u8);

/// A trait with native async methods.
pub trait Quotes: Sync {
    /// What is guarded in the implementation.
    fn quote(
        &self,
        id: u8,
    ) -> impl ::core::future::Future<Output = Answer<u8>> + ::core::marker::Send;

    /// The same, with a fallback.
    fn quote_or(
        &self,
        id: u8,
    ) -> impl ::core::future::Future<Output = Answer<u8>> + ::core::marker::Send;

    /// A plain method.
    fn plain(&self, id: u8) -> Answer<u8>;

    /// A default method.
    #[circuit_breaker("default_method", fallback = doubled_backup)]
    fn doubled(&self, id: u8) -> Answer<u8> {
        Good(self.plain(id)? * 2)
    }

    /// Its fallback.
    fn doubled_backup(&self, id: u8, _: Failure<Error>) -> Answer<u8> {
        Good(id)
    }
}

impl Quotes for Exchange {
    #[circuit_breaker("trait_method")]
    async fn quote(&self, id: u8) -> Answer<u8> {
        ready(Good(self.0 + id)).await
    }

    #[circuit_breaker("trait_method_or", fallback = Self::cached)]
    async fn quote_or(&self, id: u8) -> Answer<u8> {
        ready(Good(self.0 + id)).await
    }

    #[circuit_breaker("trait_method_plain", fallback = <Self as Cached>::cached_plain)]
    fn plain(&self, id: u8) -> Answer<u8> {
        Good(self.0 + id)
    }
}

impl Exchange {
    async fn cached(&self, id: u8, _: Failure<Error>) -> Answer<u8> {
        ready(Good(self.0 + id + 100)).await
    }
}

/// Where a fallback comes from.
pub trait Cached {
    /// The fallback.
    fn cached_plain(&self, id: u8, failure: Failure<Error>) -> Answer<u8>;
}

impl Cached for Exchange {
    fn cached_plain(&self, id: u8, _: Failure<Error>) -> Answer<u8> {
        Good(self.0 + id + 100)
    }
}

/// A trait of `#[async_trait]`.
#[async_trait]
pub trait Boxed: Sync {
    /// What is guarded in the implementation.
    async fn get(&self, id: u8, text: &str) -> Answer<u8>;

    /// The same, with a fallback.
    async fn get_or(&self, id: u8, text: &str) -> Answer<u8>;

    /// A receiver that only the body can have.
    async fn count(&mut self) -> Answer<u8>;

    /// A method without a result.
    async fn note(&self, text: &str);

    /// A default method.
    #[circuit_breaker("async_trait_default")]
    async fn doubled_later(&self, id: u8) -> Answer<u8> {
        Good(self.get(id, "").await? * 2)
    }
}

#[async_trait]
impl Boxed for Exchange {
    #[circuit_breaker("async_trait")]
    async fn get(&self, id: u8, text: &str) -> Answer<u8> {
        ready(()).await;
        let length = u8::try_from(text.len()).map_err(|_| Error::Down)?;
        Good(self.0 + id + length)
    }

    #[circuit_breaker("async_trait_or", fallback = Self::cached_text)]
    async fn get_or(&self, id: u8, text: &str) -> Answer<u8> {
        self.get(id, text).await
    }

    #[circuit_breaker("async_trait_exclusive", fallback = self::no_count)]
    async fn count(&mut self) -> Answer<u8> {
        self.0 += 1;
        ready(Good(self.0)).await
    }

    #[circuit_breaker("async_trait_nothing", fallback = self::not_noted)]
    async fn note(&self, text: &str) {
        drop(text.to_owned());
        ready(()).await;
    }
}

impl Exchange {
    async fn cached_text(&self, id: u8, text: &str, _: Failure<Error>) -> Answer<u8> {
        self.cached(id, Failure::Call(Error::Down)).await?;
        let length = u8::try_from(text.len()).map_err(|_| Error::Down)?;
        Good(self.0 + id + length + 100)
    }
}

async fn no_count(_: Failure<Error>) -> Answer<u8> {
    ready(Good(0)).await
}

fn not_noted(_: &str, error: ::resilience4rs::PolicyError) {
    drop(error);
}

/// A trait whose futures stay on their thread.
#[async_trait(?Send)]
pub trait Local {
    /// What is guarded in the implementation.
    async fn local(&self, value: ::std::rc::Rc<u8>) -> Answer<u8>;
}

#[async_trait(?Send)]
impl Local for Exchange {
    #[circuit_breaker("async_trait_local", fallback = Self::local_backup)]
    async fn local(&self, value: ::std::rc::Rc<u8>) -> Answer<u8> {
        ready(()).await;
        Good(*value + self.0)
    }
}

impl Exchange {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the signature of its function"
    )]
    #[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
    fn local_backup(&self, value: ::std::rc::Rc<u8>, _: Failure<Error>) -> Answer<u8> {
        Good(*value + self.0 + 100)
    }
}
