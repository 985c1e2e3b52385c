//! Free and generic functions, closed and open.

#![allow(clippy::unwrap_used, reason = "a test")]

use shapes::error::{Answer, Error};
use shapes::{free, generics, run};

const REJECTED: Answer<u8> = Err(Error::Rejected);

#[tokio::test]
async fn free_functions() {
    run!("asynchronous", free::asynchronous(1).await, Ok(1), REJECTED);
    run!(
        "asynchronous_or",
        free::asynchronous_or(1).await,
        Ok(1),
        Ok(101)
    );
    run!("plain", free::plain(1), Ok(1), REJECTED);
    run!("plain_or", free::plain_or(1), Ok(1), Ok(101));
    run!("recursion", free::recursion(3), Ok(6), REJECTED);
    run!("recursion_or", free::recursion_or(3).await, Ok(6), Ok(103));
    run!("loops", free::loops(3).await, Ok(4), REJECTED);
    run!("closure_inside", free::closure_inside(1), Ok(1), Ok(101));
    run!("block_inside", free::block_inside(1).await, Ok(1), Ok(101));
}

#[tokio::test]
async fn early_returns_and_question_marks_stay_in_the_body() {
    assert_eq!(free::early("").await, Err(Error::Down));
    assert_eq!(free::early("x").await, Err(Error::Down));
    run!("early", free::early("7").await, Ok(7), REJECTED);
    assert_eq!(free::early_or(""), Ok(100));
    assert_eq!(free::early_or("x"), Ok(101));
    run!("early_or", free::early_or("7"), Ok(7), Ok(101));
    assert_eq!(free::closure_inside(0), Ok(100));
}

#[tokio::test]
async fn arguments() {
    let text = || "a".to_owned();
    run!(
        "consumed",
        free::consumed(text()).await,
        Ok(text()),
        Err(Error::Rejected)
    );
    run!(
        "consumed_or",
        free::consumed_or(text()).await,
        Ok(text()),
        Ok("a?".to_owned())
    );
    run!(
        "lifetime",
        free::lifetime("ab", "").await,
        Ok("ab"),
        Err(Error::Rejected)
    );
    run!(
        "lifetime_or",
        free::lifetime_or("ab", "").await,
        Ok("ab"),
        Ok("a")
    );
    run!("elided", free::elided("ab"), Ok("ab"), Err(Error::Rejected));
    run!("exclusive", free::exclusive(&mut 1).await, Ok(2), REJECTED);
    run!(
        "exclusive_or",
        free::exclusive_or(&mut 1).await,
        Ok(2),
        Ok(101)
    );
    run!(
        "patterns",
        free::patterns((1, 2), [3, 9], 4, 5),
        Ok(10),
        REJECTED
    );
    run!(
        "patterns_or",
        free::patterns_or((1, 2), [3, 9], 4, 5).await,
        Ok(10),
        Ok(119)
    );
    run!("conditional", free::conditional(1).await, Ok(1), Ok(101));
}

#[tokio::test]
async fn generic_functions() {
    run!(
        "generic",
        generics::generic("a").await,
        Ok("a"),
        Err(Error::Rejected)
    );
    run!(
        "generic_or",
        generics::generic_or(1).await,
        Ok("1".to_owned()),
        Ok("1?".to_owned())
    );
    run!(
        "const_generic",
        generics::const_generic([1_u8; 3]),
        Ok(3),
        Ok(103)
    );
    run!(
        "impl_argument",
        generics::impl_argument(1).await,
        Ok("1".to_owned()),
        Err(Error::Rejected)
    );
    run!(
        "impl_argument_or",
        generics::impl_argument_or("a", &|n| n + 1),
        Ok("a2".to_owned()),
        Ok("a101".to_owned())
    );
    run!("closure", generics::closure(|| 1), Ok(1), REJECTED);
    run!(
        "closure_or",
        generics::closure_or(|| 1).await,
        Ok(1),
        Ok(101)
    );
    run!(
        "generic_error",
        generics::generic_error::<Error>(None).await,
        Ok(1),
        REJECTED
    );
}

#[tokio::test]
async fn results_under_other_names() {
    run!("io_result", generics::io_result(true).unwrap(), 1, 101);
    assert_eq!(generics::io_result(false).unwrap(), 101);
    run!(
        "boxed_error",
        generics::boxed_error("1").await.ok(),
        Some(1),
        None
    );
    run!(
        "policy_error",
        generics::policy_error(1).ok(),
        Some(1),
        None
    );
    run!(
        "opaque_value",
        generics::opaque_value(5).ok().map(Iterator::count),
        Some(3),
        None
    );
    run!(
        "opaque_value_or",
        generics::opaque_value_or(5).await.ok().map(Iterator::count),
        Some(5),
        Some(6)
    );
}
