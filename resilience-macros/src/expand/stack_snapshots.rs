//! What representative stacks and blocks expand to. See the other [`snapshots`](super::snapshots).

#![allow(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
#![allow(clippy::too_many_lines, reason = "an expansion has as many as it has")]

use expect_test::expect;
use quote::quote;

use super::snapshots::check;

#[test]
fn stack_with_two_fallbacks() {
    check(
        quote!("outer", fallback = stale),
        &quote! {
            #[resilience4rs::circuit_breaker(name = host, fallback = Self::mirrored)]
            async fn fetch(&self, host: &str, key: String, into: &mut Vec<u8>) -> Result<u64, E> {
                self.get(host, key, into).await
            }
        },
        &expect![[r#"
            async fn fetch(&self, host: &str, key: String, into: &mut Vec<u8>) -> Result<u64, E> {
                #[allow(unused_imports)]
                use resilience4rs::circuit_breaker as _;
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "fetch", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::CircuitBreaker, name : "outer", fallbacks : &
                    ["stale"], file : ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE },
                    ::resilience4rs::__private::AttributeRecord { policy :
                    ::resilience4rs::Policy::CircuitBreaker, name : "host", is_expression : true,
                    fallbacks : & ["Self::mirrored"], file : ::core::file!(), line : ::core::line!(),
                    .. ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let saved_2 = ::resilience4rs::__private::clone_argument_for_fallback::<
                    String,
                >(&key);
                let saved_2_1 = ::resilience4rs::__private::clone_argument_for_fallback::<
                    String,
                >(&key);
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::CircuitBreaker> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::CircuitBreaker,
                    >::new("outer");
                    SITE.resolve()
                };
                let policy_1 = ::resilience4rs::__private::resolve_named::<
                    ::resilience4rs::CircuitBreaker,
                >(
                    &::resilience4rs::__private::current_registry(),
                    ::resilience4rs::__private::instance_name(&(host)),
                );
                let lent_3 = &mut *into;
                match ::resilience4rs::__private::run(
                        ::resilience4rs::__private::in_circuit_breaker(
                            policy,
                            ::resilience4rs::__private::classify_errors,
                            async move {
                                if let ::core::option::Option::Some(output) = ::core::option::Option::None::<
                                    Result<u64, E>,
                                > {
                                    return output;
                                }
                                let into = lent_3;
                                let lent_3_1 = &mut *into;
                                match ::resilience4rs::__private::run(
                                        ::resilience4rs::__private::in_circuit_breaker(
                                            &policy_1,
                                            ::resilience4rs::__private::classify_errors,
                                            async move {
                                                if let ::core::option::Option::Some(output) = ::core::option::Option::None::<
                                                    Result<u64, E>,
                                                > {
                                                    return output;
                                                }
                                                let into = lent_3_1;
                                                let _ = &into;
                                                { self.get(host, key, into).await }
                                            },
                                        ),
                                    )
                                    .await
                                {
                                    ::core::result::Result::Ok(value) => {
                                        ::resilience4rs::Outcome::from_result(
                                            ::core::result::Result::Ok(value),
                                        )
                                    }
                                    ::core::result::Result::Err(failure) => {
                                        ::resilience4rs::__private::answer_of_fallback(
                                                ::resilience4rs::__private::fallback_begins(
                                                    &policy_1,
                                                    &failure,
                                                ),
                                                Self::mirrored(
                                                    self,
                                                    host,
                                                    saved_2_1,
                                                    into,
                                                    ::resilience4rs::__private::failure_for_fallback(failure),
                                                ),
                                            )
                                            .await
                                    }
                                }
                            },
                        ),
                    )
                    .await
                {
                    ::core::result::Result::Ok(value) => {
                        ::resilience4rs::Outcome::from_result(::core::result::Result::Ok(value))
                    }
                    ::core::result::Result::Err(failure) => {
                        ::resilience4rs::__private::answer_of_fallback(
                                ::resilience4rs::__private::fallback_begins(policy, &failure),
                                Self::stale(
                                    self,
                                    host,
                                    saved_2,
                                    into,
                                    ::resilience4rs::__private::failure_for_fallback(failure),
                                ),
                            )
                            .await
                    }
                }
            }
        "#]],
    );
}

#[test]
fn stack_around_a_plain_function() {
    check(
        quote!("outer"),
        &quote! {
            #[must_use]
            #[circuit_breaker("middle", ignore_errors(E::Missing))]
            #[circuit_breaker("inner", fallback = stale)]
            fn fetch(key: &str) -> Result<u64, E> {
                get(key)
            }
        },
        &expect![[r##"
            #[must_use]
            fn fetch(key: &str) -> Result<u64, E> {
                #[allow(unused_imports)]
                use circuit_breaker as _;
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "fetch", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::CircuitBreaker, name : "outer", file :
                    ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE },
                    ::resilience4rs::__private::AttributeRecord { policy :
                    ::resilience4rs::Policy::CircuitBreaker, name : "middle", file : ::core::file!(),
                    line : ::core::line!(), .. ::resilience4rs::__private::AttributeRecord::BARE },
                    ::resilience4rs::__private::AttributeRecord { policy :
                    ::resilience4rs::Policy::CircuitBreaker, name : "inner", fallbacks : & ["stale"],
                    file : ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::CircuitBreaker> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::CircuitBreaker,
                    >::new("outer");
                    SITE.resolve()
                };
                let policy_1 = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::CircuitBreaker> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::CircuitBreaker,
                    >::new("middle");
                    SITE.resolve()
                };
                let policy_2 = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::CircuitBreaker> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::CircuitBreaker,
                    >::new("inner");
                    SITE.resolve()
                };
                ::resilience4rs::__private::guard_blocking(
                    ::resilience4rs::__private::in_circuit_breaker_blocking(
                        policy,
                        ::resilience4rs::__private::classify_errors,
                        {
                            let body = move || -> Result<u64, E> {
                                match ::resilience4rs::__private::run_blocking(
                                    ::resilience4rs::__private::in_circuit_breaker_blocking(
                                        policy_2,
                                        ::resilience4rs::__private::classify_errors,
                                        move || -> Result<u64, E> { get(key) },
                                    ),
                                ) {
                                    ::core::result::Result::Ok(value) => {
                                        ::resilience4rs::Outcome::from_result(
                                            ::core::result::Result::Ok(value),
                                        )
                                    }
                                    ::core::result::Result::Err(failure) => {
                                        ::resilience4rs::__private::answer_of_plain_fallback::<
                                            Result<u64, E>,
                                            _,
                                        >(
                                            ::resilience4rs::__private::fallback_begins(
                                                policy_2,
                                                &failure,
                                            ),
                                            stale(
                                                key,
                                                ::resilience4rs::__private::failure_for_fallback(failure),
                                            ),
                                        )
                                    }
                                }
                            };
                            ::resilience4rs::__private::in_circuit_breaker_blocking(
                                policy_1,
                                |result| match result {
                                    ::core::result::Result::Err(E::Missing) => {
                                        ::resilience4rs::Verdict::Ignored
                                    }
                                    ::core::result::Result::Err(_) => {
                                        ::resilience4rs::Verdict::Failure
                                    }
                                    ::core::result::Result::Ok(_) => {
                                        ::resilience4rs::Verdict::Success
                                    }
                                },
                                body,
                            )
                        },
                    ),
                )
            }
        "##]],
    );
}

#[test]
fn block() {
    check(
        quote!("client", randomized_wait_factor = 0.2),
        &quote! {
            #[async_trait]
            impl<T> Quotes for Client<T> {
                const LIMIT: u8 = { 3 };

                /// Quotes.
                async fn quote(&self) -> Result<u8, E> {
                    self.get().await
                }

                #[circuit_breaker("rates")]
                fn rate(&self) -> Result<u8, E> {
                    self.half()
                }

                fn name(&self) -> &str {
                    "client"
                }

                #[circuit_breaker(skip)]
                fn check(&self) -> Result<(), E> {
                    Ok(())
                }
            }
        },
        &expect![[r##"
            #[async_trait]
            impl<T> Quotes for Client<T> {
                const LIMIT: u8 = { 3 };
                /// Quotes.
                async fn quote(&self) -> Result<u8, E> {
                    ::resilience4rs::__private::leave_record! {
                        ::resilience4rs::__private::GuardedFunction { module :
                        ::core::module_path!(), name : "quote", attributes : &
                        [::resilience4rs::__private::AttributeRecord { policy :
                        ::resilience4rs::Policy::CircuitBreaker, name : "client", settings : &
                        [("randomized_wait_factor", "0.2")], file : ::core::file!(), line :
                        ::core::line!(), .. ::resilience4rs::__private::AttributeRecord::BARE }], }
                    }
                    {
                        #[deprecated(
                            note = "`randomized_wait_factor` has no effect without `enable_randomized_wait = true`: add that, or remove this; `#[allow(deprecated)]` silences this"
                        )]
                        fn doubtful_setting() {}
                        doubtful_setting();
                    }
                    let policy = {
                        static SITE: ::resilience4rs::__private::Site<
                            ::resilience4rs::CircuitBreaker,
                        > = ::resilience4rs::__private::Site::<
                            ::resilience4rs::CircuitBreaker,
                        >::new("client")
                            .configure(|config| config.randomized_wait_factor(0.2f64));
                        SITE.resolve()
                    };
                    ::resilience4rs::__private::guard(
                            ::resilience4rs::__private::in_circuit_breaker(
                                policy,
                                ::resilience4rs::__private::classify_errors,
                                async move {
                                    if let ::core::option::Option::Some(output) = ::core::option::Option::None::<
                                        Result<u8, E>,
                                    > {
                                        return output;
                                    }
                                    { self.get().await }
                                },
                            ),
                        )
                        .await
                }
                fn rate(&self) -> Result<u8, E> {
                    #[allow(unused_imports)]
                    use circuit_breaker as _;
                    ::resilience4rs::__private::leave_record! {
                        ::resilience4rs::__private::GuardedFunction { module :
                        ::core::module_path!(), name : "rate", attributes : &
                        [::resilience4rs::__private::AttributeRecord { policy :
                        ::resilience4rs::Policy::CircuitBreaker, name : "rates", file :
                        ::core::file!(), line : ::core::line!(), ..
                        ::resilience4rs::__private::AttributeRecord::BARE }], }
                    }
                    let policy = {
                        static SITE: ::resilience4rs::__private::Site<
                            ::resilience4rs::CircuitBreaker,
                        > = ::resilience4rs::__private::Site::<
                            ::resilience4rs::CircuitBreaker,
                        >::new("rates");
                        SITE.resolve()
                    };
                    ::resilience4rs::__private::guard_blocking(
                        ::resilience4rs::__private::in_circuit_breaker_blocking(
                            policy,
                            ::resilience4rs::__private::classify_errors,
                            move || -> Result<u8, E> { self.half() },
                        ),
                    )
                }
                fn name(&self) -> &str {
                    "client"
                }
                fn check(&self) -> Result<(), E> {
                    Ok(())
                }
            }
        "##]],
    );
}
