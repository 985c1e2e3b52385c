//! Methods whose receiver is a value or a smart pointer.

use ::resilience4rs::{Failure, circuit_breaker};
use ::std::future::ready;
use ::std::result::Result::Ok as Good;
use ::std::sync::Arc;

use crate::error::{Answer, Error};

/// Something that is consumed, shared or pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job(pub u8);

/// The names are taken where nothing is derived, since `derive` needs some of them.
mod shapes {
    use super::{Answer, Arc, Error, Failure, Good, Job, circuit_breaker, ready};
    #[allow(unused_imports, reason = "they are there to be tripped over")]
    use crate::taken::*;

    impl Job {
        /// `self`.
        #[circuit_breaker("owned")]
        pub async fn owned(self) -> Answer<Self> {
            ready(Good(self)).await
        }

        /// `self`, with a fallback that consumes it too.
        #[circuit_breaker("owned_or", fallback = owned_backup)]
        pub fn owned_or(self) -> Answer<Self> {
            Good(self)
        }

        #[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
        fn owned_backup(mut self, _: Failure<Error>) -> Answer<Self> {
            self.0 += 100;
            Good(self)
        }

        /// `mut self`.
        #[circuit_breaker("mutable", fallback = owned_backup)]
        pub async fn mutable(mut self) -> Answer<Self> {
            self.0 += 1;
            ready(Good(self)).await
        }

        /// `self: Arc<Self>`.
        #[circuit_breaker("arc")]
        pub async fn arc(self: Arc<Self>) -> Answer<u8> {
            ready(Good(self.0)).await
        }

        /// `self: Arc<Self>`, with a fallback.
        #[circuit_breaker("arc_or", fallback = arc_backup)]
        pub async fn arc_or(self: Arc<Self>) -> Answer<u8> {
            ready(Good(self.0)).await
        }

        async fn arc_backup(self: Arc<Self>, _: Error) -> Answer<u8> {
            ready(Good(self.0 + 100)).await
        }

        /// `self: Box<Self>`.
        #[circuit_breaker("box")]
        pub async fn boxed(self: ::std::boxed::Box<Self>) -> Answer<u8> {
            ready(Good(self.0)).await
        }

        /// `self: Pin<&mut Self>`.
        #[circuit_breaker("pinned")]
        pub async fn pinned(self: ::core::pin::Pin<&mut Self>) -> Answer<u8> {
            self.get_mut().0 += 1;
            ready(Good(1)).await
        }

        /// `self: Pin<&mut Self>`, with a fallback.
        #[circuit_breaker("pinned_or", fallback = pinned_backup)]
        pub fn pinned_or(mut self: ::core::pin::Pin<&mut Self>) -> Answer<u8> {
            self.0 += 1;
            Good(self.0)
        }

        #[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
        fn pinned_backup(mut self: ::core::pin::Pin<&mut Self>, _: Failure<Error>) -> Answer<u8> {
            self.0 += 100;
            Good(self.0)
        }
    }
}
