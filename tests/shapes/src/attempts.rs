//! Every shape under `retry`: what its attempts need they get, each of them.

use ::resilience4rs::{Failure, PolicyError, circuit_breaker, retry};
use ::std::future::ready;
use ::std::result::Result::{Err as Bad, Ok as Good};
use ::std::string::String as Text;
use ::std::sync::Arc;
use ::std::sync::atomic::{AtomicU8, Ordering};
use ::std::vec::Vec as List;

use crate::error::{Answer, Error};
#[allow(unused_imports, reason = "they are there to be tripped over")]
use crate::taken::*;

/// Fails twice, and then brings how often it was called.
fn third(calls: &AtomicU8) -> Answer<u8> {
    match calls.fetch_add(1, Ordering::Relaxed) + 1 {
        call @ 3.. => Good(call),
        _ => Bad(Error::Down),
    }
}

/// An async function.
#[retry("attempts", wait_duration = "0s")]
pub async fn asynchronous(calls: &AtomicU8) -> Answer<u8> {
    ready(third(calls)).await
}

/// A plain function.
#[retry("attempts", wait_duration = "0s")]
pub fn plain(calls: &AtomicU8) -> Answer<u8> {
    third(calls)
}

/// An owned argument that the body consumes.
#[retry("attempts", wait_duration = "0s")]
pub async fn consumed(text: Text, calls: &AtomicU8) -> Answer<(Text, u8)> {
    let call = ready(third(calls)).await?;
    Good((text, call))
}

/// The same in a plain function.
#[retry("attempts", wait_duration = "0s")]
pub fn consumed_plain(text: Text, calls: &AtomicU8) -> Answer<(Text, u8)> {
    let call = third(calls)?;
    Good((text, call))
}

/// A `mut` argument.
#[retry("attempts", wait_duration = "0s")]
pub async fn changed(mut text: Text, calls: &AtomicU8) -> Answer<Text> {
    text.push('!');
    ready(third(calls)).await?;
    Good(text)
}

/// Patterns, of a value and of a reference.
#[retry("attempts", wait_duration = "0s")]
pub async fn apart(
    (text, mut count): (Text, u8),
    &(left, ref right): &(u8, Text),
    calls: &AtomicU8,
) -> Answer<(Text, u8)> {
    count += left;
    ready(third(calls)).await?;
    Good((text + right, count))
}

/// A name that is part of a pattern.
#[retry(name = key, wait_duration = "0s")]
pub async fn named_by_a_part((key, _): (Text, u8), calls: &AtomicU8) -> Answer<Text> {
    ready(third(calls)).await?;
    Good(key)
}

/// An exclusive argument.
#[retry("attempts", wait_duration = "0s")]
pub async fn exclusive(into: &mut List<u8>, calls: &AtomicU8) -> Answer<u8> {
    into.push(1);
    ready(third(calls)).await
}

/// The same in a plain function.
#[retry("attempts", wait_duration = "0s")]
pub fn exclusive_plain(into: &mut List<u8>, calls: &AtomicU8) -> Answer<u8> {
    into.push(1);
    third(calls)
}

/// A pattern of an exclusive argument.
#[retry("attempts", wait_duration = "0s")]
pub async fn exclusive_apart((left, right): &mut (u8, u8), calls: &AtomicU8) -> Answer<u8> {
    *left += 1;
    *right += 2;
    ready(third(calls)).await
}

/// What cannot be cloned, and is of no use to the body.
#[derive(Debug)]
pub struct Unique;

/// An argument without a name, which no attempt needs, so that it need not be `Clone`.
#[retry("attempts", wait_duration = "0s")]
pub async fn unused(_: Unique, _text: Text, calls: &AtomicU8) -> Answer<u8> {
    ready(third(calls)).await
}

/// Arguments under a condition.
#[retry("attempts", wait_duration = "0s")]
pub async fn conditional(
    #[cfg(not(false))] text: Text,
    #[cfg(false)] number: Unique,
    calls: &AtomicU8,
) -> Answer<Text> {
    ready(third(calls)).await?;
    Good(text)
}

/// `impl Trait`.
#[retry("attempts", wait_duration = "0s")]
pub async fn opaque_argument(
    text: impl ::core::convert::Into<Text> + ::core::clone::Clone + ::core::marker::Send,
    calls: &AtomicU8,
) -> Answer<Text> {
    ready(third(calls)).await?;
    Good(text.into())
}

/// A type parameter and a constant one.
#[retry("attempts", wait_duration = "0s")]
pub async fn generic<T, const N: usize>(value: T, calls: &AtomicU8) -> Answer<[T; N]>
where
    T: ::core::clone::Clone + ::core::marker::Copy + ::core::marker::Send,
{
    ready(third(calls)).await?;
    Good([value; N])
}

/// A borrowed result.
#[retry("attempts", wait_duration = "0s")]
pub async fn borrowed<'a>(text: &'a str, calls: &AtomicU8) -> Answer<&'a str> {
    ready(third(calls)).await?;
    Good(&text[1..])
}

/// A value that is to be tried again.
#[retry("attempts", wait_duration = "0s", retry_result(..=2))]
pub async fn poor_value(calls: &AtomicU8) -> Answer<u8> {
    ready(Good(calls.fetch_add(1, Ordering::Relaxed) + 1)).await
}

/// An error that is not.
#[retry("attempts", wait_duration = "0s", ignore_errors(Error::Down))]
pub async fn hopeless(calls: &AtomicU8) -> Answer<u8> {
    ready(third(calls)).await
}

/// Errors of which only another one is.
#[retry("attempts", wait_duration = "0s", retry_errors(Error::Rejected))]
pub fn hopeless_plain(calls: &AtomicU8) -> Answer<u8> {
    third(calls)
}

/// A fallback that gets what the attempts got.
#[retry("two attempts", wait_duration = "0s", max_attempts = 2, fallback = kept)]
pub async fn answered(text: Text, into: &mut List<u8>, calls: &AtomicU8) -> Answer<Text> {
    into.push(1);
    ready(third(calls)).await?;
    Good(text)
}

async fn kept(
    text: Text,
    into: &mut List<u8>,
    calls: &AtomicU8,
    failure: Failure<Error>,
) -> Answer<Text> {
    drop(failure);
    into.push(2);
    ready(calls.fetch_add(100, Ordering::Relaxed)).await;
    Good(text + "?")
}

/// A fallback inside, which the retry hears of only when it fails itself.
#[allow(deprecated)]
#[retry("attempts", wait_duration = "0s")]
#[circuit_breaker("attempts inside", fallback = again)]
pub async fn answered_inside(text: Text, into: &mut List<u8>, calls: &AtomicU8) -> Answer<Text> {
    into.push(1);
    ready(calls.fetch_add(1, Ordering::Relaxed)).await;
    drop(text);
    Bad(Error::Down)
}

fn again(text: Text, into: &mut List<u8>, calls: &AtomicU8, _: Error) -> Answer<Text> {
    into.push(2);
    third(calls)?;
    Good(text)
}

/// A future that is made anew for each attempt.
#[retry("attempts", wait_duration = "0s")]
pub fn opaque(
    text: Text,
    calls: &AtomicU8,
) -> impl ::core::future::Future<Output = Answer<Text>> + ::core::marker::Send {
    let answer = third(calls);
    async move {
        answer?;
        ready(Good(text)).await
    }
}

/// A boxed one, which holds an exclusive argument.
#[retry("attempts", wait_duration = "0s")]
pub fn boxed<'a>(
    into: &'a mut List<u8>,
    calls: &'a AtomicU8,
) -> ::core::pin::Pin<
    ::std::boxed::Box<dyn ::core::future::Future<Output = Answer<u8>> + ::core::marker::Send + 'a>,
> {
    ::std::boxed::Box::pin(async move {
        into.push(1);
        ready(third(calls)).await
    })
}

/// A value that is no `Result`.
#[retry("attempts", wait_duration = "0s", retry_result(::core::option::Option::None), fallback = nobody)]
pub async fn value(calls: &AtomicU8) -> ::core::option::Option<u8> {
    ready(third(calls).ok()).await
}

async fn nobody(_: &AtomicU8, error: PolicyError) -> ::core::option::Option<u8> {
    drop(error);
    ready(::core::option::Option::None).await
}

/// A function that calls itself.
#[retry("attempts", wait_duration = "0s")]
pub fn recursive(depth: u8, calls: &AtomicU8) -> Answer<u8> {
    if depth == 0 {
        third(calls)
    } else {
        recursive(depth - 1, calls)
    }
}

/// A retry in a retry.
#[retry("attempts", wait_duration = "0s")]
#[retry("attempts of attempts", wait_duration = "0s", max_attempts = 2)]
pub async fn nested(text: Text, calls: &AtomicU8) -> Answer<Text> {
    ready(third(calls)).await?;
    Good(text)
}

/// Something that is done more than once.
#[derive(Debug, ::core::clone::Clone, PartialEq, Eq)]
pub struct Job(pub u8);

impl Job {
    /// `&self`.
    #[retry("attempts", wait_duration = "0s")]
    pub async fn shared(&self, calls: &AtomicU8) -> Answer<u8> {
        ready(third(calls)).await.map(|call| call + self.0)
    }

    /// `&mut self`, with a fallback that has it too.
    #[retry("two attempts", wait_duration = "0s", max_attempts = 2, fallback = hundred)]
    pub async fn exclusive(&mut self, text: Text, calls: &AtomicU8) -> Answer<Text> {
        self.0 += 1;
        ready(third(calls)).await?;
        Good(text)
    }

    async fn hundred(&mut self, text: Text, _: &AtomicU8, _: Error) -> Answer<Text> {
        self.0 += 100;
        ready(Good(text)).await
    }

    /// `self`.
    #[retry("attempts", wait_duration = "0s")]
    pub async fn owned(self, calls: &AtomicU8) -> Answer<Self> {
        ready(third(calls)).await?;
        Good(self)
    }

    /// `mut self` of a plain method.
    #[retry("attempts", wait_duration = "0s")]
    pub fn owned_plain(mut self, calls: &AtomicU8) -> Answer<Self> {
        self.0 += 1;
        third(calls)?;
        Good(self)
    }

    /// `self: Arc<Self>`.
    #[retry("attempts", wait_duration = "0s")]
    pub async fn arc(self: Arc<Self>, calls: &AtomicU8) -> Answer<u8> {
        ready(third(calls)).await.map(|call| call + self.0)
    }

    /// `self: Box<Self>`.
    #[retry("attempts", wait_duration = "0s")]
    pub async fn boxed(self: ::std::boxed::Box<Self>, calls: &AtomicU8) -> Answer<u8> {
        ready(third(calls)).await.map(|call| call + self.0)
    }

    /// `self: Pin<&mut Self>`, which the body consumes.
    #[retry("attempts", wait_duration = "0s")]
    pub async fn pinned(self: ::core::pin::Pin<&mut Self>, calls: &AtomicU8) -> Answer<u8> {
        self.get_mut().0 += 1;
        ready(third(calls)).await
    }

    /// A future that holds `&mut self`.
    #[retry("attempts", wait_duration = "0s")]
    pub fn opaque(
        &mut self,
        calls: &AtomicU8,
    ) -> impl ::core::future::Future<Output = Answer<u8>> + ::core::marker::Send {
        async move {
            self.0 += 1;
            ready(third(calls)).await
        }
    }
}

/// What is done more than once, in a trait.
pub trait Work {
    /// A default.
    fn twice(&self, calls: &AtomicU8) -> Answer<u8>;

    /// An async method.
    fn once(
        &self,
        calls: &AtomicU8,
    ) -> impl ::core::future::Future<Output = Answer<u8>> + ::core::marker::Send;
}

#[retry("attempts", wait_duration = "0s")]
impl Work for Job {
    fn twice(&self, calls: &AtomicU8) -> Answer<u8> {
        third(calls).map(|call| call + 2 * self.0)
    }

    async fn once(&self, calls: &AtomicU8) -> Answer<u8> {
        ready(third(calls)).await.map(|call| call + self.0)
    }
}
