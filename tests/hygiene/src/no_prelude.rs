//! Functions in a module without any prelude.

#![no_implicit_prelude]

#[::resilience4rs::circuit_breaker(
    "no prelude",
    minimum_number_of_calls = 10,
    record_errors(_),
    fallback = backup
)]
pub(super) async fn with_fallback(
    number: u8,
    text: ::std::string::String,
) -> ::core::result::Result<usize, ::resilience4rs::PolicyError> {
    ::std::future::ready(()).await;
    ::core::result::Result::Ok(text.len() + ::core::convert::Into::<usize>::into(number))
}

fn backup(
    _: u8,
    _: ::std::string::String,
    error: ::resilience4rs::PolicyError,
) -> ::core::result::Result<usize, ::resilience4rs::PolicyError> {
    ::core::result::Result::Err(error)
}

#[::resilience4rs::circuit_breaker("no prelude")]
pub(super) fn plain() -> ::core::result::Result<u8, ::resilience4rs::PolicyError> {
    ::core::result::Result::Ok(2)
}
