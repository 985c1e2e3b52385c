//! What a time limiter expands to.

use expect_test::expect;
use quote::quote;

use crate::expand::snapshots::check_policy;
use crate::policy::{RETRY, TIME_LIMITER};

#[test]
fn time_limiter_that_lets_go_inside_of_a_retry() {
    check_policy(
        &RETRY,
        quote!("orders"),
        &quote! {
            #[time_limiter(name = shop, cancel_running_future = false)]
            async fn order(shop: String) -> Result<(), E> {
                send(shop).await
            }
        },
        &expect![[r#"
            async fn order(shop: String) -> Result<(), E> {
                #[allow(unused_imports)]
                use time_limiter as _;
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "order", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::Retry, name : "orders", file : ::core::file!(),
                    line : ::core::line!(), .. ::resilience4rs::__private::AttributeRecord::BARE },
                    ::resilience4rs::__private::AttributeRecord { policy :
                    ::resilience4rs::Policy::TimeLimiter, name : "shop", is_expression : true,
                    settings : & [("cancel_running_future", "false")], file : ::core::file!(), line :
                    ::core::line!(), .. ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::Retry> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::Retry,
                    >::new("orders");
                    SITE.resolve()
                };
                let policy_1 = ::resilience4rs::__private::resolve::<
                    ::resilience4rs::TimeLimiter,
                >(
                    &::resilience4rs::__private::current_registry(),
                    ::resilience4rs::__private::instance_name(&(shop)),
                    |config| config.cancel_running_future(false),
                );
                let mut kept_0 = ::core::option::Option::Some(shop);
                let mut attempts = ::resilience4rs::__private::attempts(policy);
                loop {
                    let wait = {
                        let shop = {
                            #[allow(unused_imports)]
                            use ::resilience4rs::__private::MovesAtLast as _;
                            let is_last = ::resilience4rs::__private::Kept(&kept_0)
                                .is_last(&attempts);
                            ::resilience4rs::__private::argument_for_attempt::<
                                String,
                            >(&mut kept_0, is_last)
                        };
                        let policy_1 = ::core::clone::Clone::clone(&policy_1);
                        let outcome = ::resilience4rs::__private::attempt(
                                &mut attempts,
                                ::resilience4rs::__private::in_detaching_time_limiter(
                                    &policy_1,
                                    async move {
                                        if let ::core::option::Option::Some(output) = ::core::option::Option::None::<
                                            Result<(), E>,
                                        > {
                                            return output;
                                        }
                                        { send(shop).await }
                                    },
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

#[test]
fn time_limiter_of_a_value() {
    check_policy(
        &TIME_LIMITER,
        quote!("cache", timeout_duration = "50ms", fallback = none),
        &quote! {
            async fn cached(key: &str) -> Option<Page> {
                load(key).await
            }
        },
        &expect![[r#"
            async fn cached(key: &str) -> Option<Page> {
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "cached", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::TimeLimiter, name : "cache", settings : &
                    [("timeout_duration", "50ms")], fallbacks : & ["none"], file : ::core::file!(),
                    line : ::core::line!(), .. ::resilience4rs::__private::AttributeRecord::BARE }],
                    }
                }
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::TimeLimiter> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::TimeLimiter,
                    >::new("cache")
                        .configure(|config| {
                            config.timeout_duration(::core::time::Duration::new(0, 50000000))
                        });
                    SITE.resolve()
                };
                match ::resilience4rs::__private::run(
                        ::resilience4rs::__private::in_time_limiter(
                            policy,
                            ::resilience4rs::__private::completed(async move {
                                if let ::core::option::Option::Some(output) = ::core::option::Option::None::<
                                    Option<Page>,
                                > {
                                    return output;
                                }
                                { load(key).await }
                            }),
                        ),
                    )
                    .await
                {
                    ::core::result::Result::Ok(value) => value,
                    ::core::result::Result::Err(failure) => {
                        ::resilience4rs::__private::value_of_fallback::<
                            Option<Page>,
                            _,
                            _,
                        >(
                                ::resilience4rs::__private::fallback_begins(policy, &failure),
                                none(
                                    key,
                                    ::resilience4rs::__private::policy_failure_for_fallback(failure),
                                ),
                            )
                            .await
                    }
                }
            }
        "#]],
    );
}
