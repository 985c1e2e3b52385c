//! What each policy, and a stack of all five, expands to. See the other [`snapshots`](super::snapshots).

#![allow(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
#![allow(clippy::too_many_lines, reason = "an expansion has as many as it has")]

mod bulkhead;
mod rate_limiter;
mod retry;
mod time_limiter;

use expect_test::expect;
use quote::quote;

use super::snapshots::check_policy;
use crate::policy::RETRY;

#[test]
fn stack_of_five_in_the_usual_order() {
    check_policy(
        &RETRY,
        quote!("quotes"),
        &quote! {
            #[circuit_breaker("quotes")]
            #[rate_limiter("quotes")]
            #[time_limiter("quotes", timeout_duration = "2s")]
            #[bulkhead("quotes")]
            async fn quote(&self, id: u64) -> Result<u64, E> {
                self.get(id).await
            }
        },
        &expect![[r#"
            async fn quote(&self, id: u64) -> Result<u64, E> {
                #[allow(unused_imports)]
                use circuit_breaker as _;
                #[allow(unused_imports)]
                use rate_limiter as _;
                #[allow(unused_imports)]
                use time_limiter as _;
                #[allow(unused_imports)]
                use bulkhead as _;
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "quote", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::Retry, name : "quotes", file : ::core::file!(),
                    line : ::core::line!(), .. ::resilience4rs::__private::AttributeRecord::BARE },
                    ::resilience4rs::__private::AttributeRecord { policy :
                    ::resilience4rs::Policy::CircuitBreaker, name : "quotes", file : ::core::file!(),
                    line : ::core::line!(), .. ::resilience4rs::__private::AttributeRecord::BARE },
                    ::resilience4rs::__private::AttributeRecord { policy :
                    ::resilience4rs::Policy::RateLimiter, name : "quotes", file : ::core::file!(),
                    line : ::core::line!(), .. ::resilience4rs::__private::AttributeRecord::BARE },
                    ::resilience4rs::__private::AttributeRecord { policy :
                    ::resilience4rs::Policy::TimeLimiter, name : "quotes", settings : &
                    [("timeout_duration", "2s")], file : ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE },
                    ::resilience4rs::__private::AttributeRecord { policy :
                    ::resilience4rs::Policy::Bulkhead, name : "quotes", file : ::core::file!(), line
                    : ::core::line!(), .. ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::Retry> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::Retry,
                    >::new("quotes");
                    SITE.resolve()
                };
                let policy_1 = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::CircuitBreaker> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::CircuitBreaker,
                    >::new("quotes");
                    SITE.resolve()
                };
                let policy_2 = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::RateLimiter> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::RateLimiter,
                    >::new("quotes");
                    SITE.resolve()
                };
                let policy_3 = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::TimeLimiter> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::TimeLimiter,
                    >::new("quotes")
                        .configure(|config| {
                            config.timeout_duration(::core::time::Duration::new(2, 0))
                        });
                    SITE.resolve()
                };
                let policy_4 = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::Bulkhead> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::Bulkhead,
                    >::new("quotes");
                    SITE.resolve()
                };
                let mut kept_1 = ::core::option::Option::Some(id);
                let mut attempts = ::resilience4rs::__private::attempts(policy);
                loop {
                    let wait = {
                        let id = {
                            #[allow(unused_imports)]
                            use ::resilience4rs::__private::MovesAtLast as _;
                            let is_last = ::resilience4rs::__private::Kept(&kept_1)
                                .is_last(&attempts);
                            ::resilience4rs::__private::argument_for_attempt::<
                                u64,
                            >(&mut kept_1, is_last)
                        };
                        let outcome = ::resilience4rs::__private::attempt(
                                &mut attempts,
                                ::resilience4rs::__private::in_circuit_breaker(
                                    policy_1,
                                    ::resilience4rs::__private::classify_errors,
                                    ::resilience4rs::__private::in_rate_limiter(
                                        policy_2,
                                        1,
                                        ::resilience4rs::__private::in_time_limiter(
                                            policy_3,
                                            ::resilience4rs::__private::in_bulkhead(
                                                policy_4,
                                                async move {
                                                    if let ::core::option::Option::Some(output) = ::core::option::Option::None::<
                                                        Result<u64, E>,
                                                    > {
                                                        return output;
                                                    }
                                                    { self.get(id).await }
                                                },
                                            ),
                                        ),
                                    ),
                                ),
                            )
                            .await;
                        match attempts
                            .judge(
                                |result| {
                                    #[allow(unused_imports)]
                                    use ::resilience4rs::__private::AsksForNothing as _;
                                    match result {
                                        ::core::result::Result::Err(said) => {
                                            ::resilience4rs::__private::Asking(said).verdict()
                                        }
                                        ::core::result::Result::Ok(_) => {
                                            ::resilience4rs::__private::RetryVerdict::Accept
                                        }
                                    }
                                },
                                outcome,
                            )
                        {
                            ::core::ops::ControlFlow::Continue(wait) => wait,
                            ::core::ops::ControlFlow::Break(outcome) => {
                                break ::resilience4rs::__private::outcome_for_caller(outcome);
                            }
                        }
                    };
                    wait.await;
                }
            }
        "#]],
    );
}
