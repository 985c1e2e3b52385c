//! Methods and trait methods, closed and open.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use shapes::error::{Answer, Error};
use shapes::methods::{Cache, Service};
use shapes::receivers::Job;
use shapes::run;
use shapes::traits::{Boxed, Exchange, Local, Quotes};

const REJECTED: Answer<u8> = Err(Error::Rejected);

#[tokio::test]
async fn methods() {
    let service = Service { base: 10 };
    run!("shared", service.shared(1).await, Ok(11), REJECTED);
    run!("shared_or", service.shared_or(1).await, Ok(11), Ok(111));
    run!("shared_plain", service.shared_plain(1), Ok(11), REJECTED);
    run!(
        "shared_plain_or",
        service.shared_plain_or(1),
        Ok(11),
        Ok(111)
    );
    run!("elided_self", service.elided("").await, Ok(&10), Ok(&0));
    run!(
        "free_fallback",
        service.with_free_fallback(1).await,
        Ok(11),
        Ok(101)
    );
    run!("outer", service.nested(1).await, Ok(11), Ok(61));
    run!("inner", service.nested(1).await, Ok(61), Ok(111));
}

#[tokio::test]
async fn exclusive_receivers() {
    let mut service = Service { base: 10 };
    run!(
        "exclusive_self",
        service.exclusive(1).await,
        Ok(11),
        REJECTED
    );
    run!(
        "exclusive_self_or",
        service.exclusive_or(1).await,
        Ok(12),
        Ok(113)
    );
    run!(
        "exclusive_self_plain",
        service.exclusive_plain("a".to_owned()),
        Ok("a".to_owned()),
        Ok("a?".to_owned())
    );
    assert_eq!(service.base, 113 + 1 + 100);
}

#[tokio::test]
async fn associated_functions_and_generic_types() {
    let service = |base| Ok(Service { base });
    run!(
        "associated",
        Service::associated(1).await,
        service(1),
        Err(Error::Rejected)
    );
    run!(
        "associated_or",
        Service::associated_or(1),
        service(1),
        service(101)
    );
    let cache = Cache("value");
    run!(
        "generic_type",
        cache.get().await,
        Ok("value"),
        Err(Error::Rejected)
    );
    run!(
        "generic_type_or",
        cache.get_or(1).await,
        Ok((1, "value")),
        Ok((1, "value"))
    );
}

#[tokio::test]
async fn receivers_by_value_and_smart_pointers() {
    let arc = || Arc::new(Job(1));
    run!(
        "owned",
        Job(1).owned().await,
        Ok(Job(1)),
        Err(Error::Rejected)
    );
    run!("owned_or", Job(1).owned_or(), Ok(Job(1)), Ok(Job(101)));
    run!("mutable", Job(1).mutable().await, Ok(Job(2)), Ok(Job(101)));
    run!("arc", arc().arc().await, Ok(1), REJECTED);
    run!("arc_or", arc().arc_or().await, Ok(1), Ok(101));
    run!("box", Box::new(Job(1)).boxed().await, Ok(1), REJECTED);
    let mut job = Job(1);
    run!("pinned", Pin::new(&mut job).pinned().await, Ok(1), REJECTED);
    run!("pinned_or", Pin::new(&mut job).pinned_or(), Ok(3), Ok(103));
}

#[tokio::test]
async fn trait_methods() {
    let exchange = Exchange(10);
    run!("trait_method", exchange.quote(1).await, Ok(11), REJECTED);
    run!(
        "trait_method_or",
        exchange.quote_or(1).await,
        Ok(11),
        Ok(111)
    );
    run!("default_method", exchange.doubled(1), Ok(22), Ok(1));
    run!("trait_method_plain", exchange.plain(1), Ok(11), Ok(111));
}

#[tokio::test]
async fn async_trait_methods() {
    let mut exchange: Box<dyn Boxed> = Box::new(Exchange(10));
    run!(
        "async_trait_default",
        exchange.doubled_later(1).await,
        Ok(22),
        REJECTED
    );
    run!(
        "async_trait_or",
        exchange.get_or(1, "ab").await,
        Ok(13),
        Ok(113)
    );
    run!("async_trait", exchange.get(1, "ab").await, Ok(13), REJECTED);
    run!(
        "async_trait_exclusive",
        exchange.count().await,
        Ok(11),
        Ok(0)
    );
    run!("async_trait_nothing", exchange.note("a").await, (), ());
    run!(
        "async_trait_local",
        Exchange(1).local(Rc::new(1)).await,
        Ok(2),
        Ok(102)
    );
}
