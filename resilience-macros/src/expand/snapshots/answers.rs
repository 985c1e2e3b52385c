//! Fallbacks chosen by pattern, and functions that cannot fail.

use expect_test::expect;
use quote::quote;

use super::check;

#[test]
fn fallbacks_chosen_by_pattern() {
    check(
        quote!(
            "payments",
            fallback(
                Failure::Policy(_) => queue_it,
                Failure::Call(PaymentError::Unreachable(cause)) if cause.is_timeout() => self::try_backup
            )
        ),
        &quote! {
            async fn pay(&self, id: u64) -> Result<Receipt, PaymentError> {
                self.client.pay(id).await
            }
        },
        &expect![[r#"
            async fn pay(&self, id: u64) -> Result<Receipt, PaymentError> {
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "pay", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::CircuitBreaker, name : "payments", fallbacks :
                    & ["queue_it", "self::try_backup"], file : ::core::file!(), line :
                    ::core::line!(), .. ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let saved_1 = ::resilience4rs::__private::clone_argument_for_fallback::<u64>(&id);
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::CircuitBreaker> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::CircuitBreaker,
                    >::new("payments");
                    SITE.resolve()
                };
                match ::resilience4rs::__private::run(
                        ::resilience4rs::__private::in_circuit_breaker(
                            policy,
                            ::resilience4rs::__private::classify_errors,
                            async move {
                                if let ::core::option::Option::Some(output) = ::core::option::Option::None::<
                                    Result<Receipt, PaymentError>,
                                > {
                                    return output;
                                }
                                { self.client.pay(id).await }
                            },
                        ),
                    )
                    .await
                {
                    ::core::result::Result::Ok(value) => {
                        ::resilience4rs::Outcome::from_result(::core::result::Result::Ok(value))
                    }
                    ::core::result::Result::Err(failure) => {
                        let chosen = match &failure {
                            Failure::Policy(_) => 0usize,
                            Failure::Call(PaymentError::Unreachable(cause)) if cause.is_timeout() => {
                                1usize
                            }
                            _ => 2usize,
                        };
                        match failure {
                            failure if chosen == 1usize => {
                                ::resilience4rs::__private::answer_of_fallback(
                                        ::resilience4rs::__private::fallback_begins(
                                            policy,
                                            &failure,
                                        ),
                                        self::try_backup(
                                            saved_1,
                                            ::resilience4rs::__private::failure_for_fallback(failure),
                                        ),
                                    )
                                    .await
                            }
                            ::resilience4rs::Failure::Call(error) if chosen == 2usize => {
                                ::resilience4rs::Outcome::from_result(
                                    ::core::result::Result::Err(error),
                                )
                            }
                            failure => {
                                ::resilience4rs::__private::answer_of_fallback(
                                        ::resilience4rs::__private::fallback_begins(
                                            policy,
                                            &failure,
                                        ),
                                        Self::queue_it(
                                            self,
                                            saved_1,
                                            ::resilience4rs::__private::failure_for_fallback(failure),
                                        ),
                                    )
                                    .await
                            }
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn fallbacks_of_which_none_is_sure_to_answer() {
    check(
        quote!("payments", fallback(Failure::Call(PaymentError::Down) => queue_it)),
        &quote! {
            fn pay(id: u64) -> Result<Receipt, PaymentError> {
                send(id)
            }
        },
        &expect![[r#"
            fn pay(id: u64) -> Result<Receipt, PaymentError> {
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "pay", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::CircuitBreaker, name : "payments", fallbacks :
                    & ["queue_it"], file : ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let saved_0 = ::resilience4rs::__private::clone_argument_for_fallback::<u64>(&id);
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::CircuitBreaker> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::CircuitBreaker,
                    >::new("payments");
                    SITE.resolve()
                };
                match ::resilience4rs::__private::run_blocking(
                    ::resilience4rs::__private::in_circuit_breaker_blocking(
                        policy,
                        ::resilience4rs::__private::classify_errors,
                        move || -> Result<Receipt, PaymentError> { send(id) },
                    ),
                ) {
                    ::core::result::Result::Ok(value) => {
                        ::resilience4rs::Outcome::from_result(::core::result::Result::Ok(value))
                    }
                    ::core::result::Result::Err(failure) => {
                        let chosen = match &failure {
                            Failure::Call(PaymentError::Down) => 0usize,
                            _ => 1usize,
                        };
                        match failure {
                            failure if chosen == 0usize => {
                                ::resilience4rs::__private::answer_of_plain_fallback::<
                                    Result<Receipt, PaymentError>,
                                    _,
                                >(
                                    ::resilience4rs::__private::fallback_begins(policy, &failure),
                                    queue_it(
                                        saved_0,
                                        ::resilience4rs::__private::failure_for_fallback(failure),
                                    ),
                                )
                            }
                            failure => {
                                ::resilience4rs::Outcome::from_result(
                                    ::core::result::Result::Err(
                                        ::resilience4rs::__private::failure_that_no_fallback_answers(
                                            failure,
                                        ),
                                    ),
                                )
                            }
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn function_that_cannot_fail() {
    check(
        quote!("cache", record_result(None), fallback = nothing),
        &quote! {
            async fn find(&self, id: u64) -> Option<Page> {
                self.pages.get(id).await
            }
        },
        &expect![[r#"
            async fn find(&self, id: u64) -> Option<Page> {
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "find", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::CircuitBreaker, name : "cache", fallbacks : &
                    ["nothing"], file : ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let saved_1 = ::resilience4rs::__private::clone_argument_for_fallback::<u64>(&id);
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::CircuitBreaker> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::CircuitBreaker,
                    >::new("cache");
                    SITE.resolve()
                };
                match ::resilience4rs::__private::run({
                        let body = ::resilience4rs::__private::completed(async move {
                            if let ::core::option::Option::Some(output) = ::core::option::Option::None::<
                                Option<Page>,
                            > {
                                return output;
                            }
                            { self.pages.get(id).await }
                        });
                        ::resilience4rs::__private::in_circuit_breaker(
                            policy,
                            |result| match result {
                                ::core::result::Result::Err(_) => ::resilience4rs::Verdict::Failure,
                                ::core::result::Result::Ok(None) => ::resilience4rs::Verdict::Failure,
                                ::core::result::Result::Ok(_) => ::resilience4rs::Verdict::Success,
                            },
                            body,
                        )
                    })
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
                                Self::nothing(
                                    self,
                                    saved_1,
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

#[test]
fn plain_function_that_returns_nothing() {
    check(
        quote!("log", fallback = drop_line),
        &quote! {
            fn log(line: &str) {
                send(line);
            }
        },
        &expect![[r#"
            fn log(line: &str) {
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "log", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::CircuitBreaker, name : "log", fallbacks : &
                    ["drop_line"], file : ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::CircuitBreaker> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::CircuitBreaker,
                    >::new("log");
                    SITE.resolve()
                };
                match ::resilience4rs::__private::run_blocking(
                    ::resilience4rs::__private::in_circuit_breaker_blocking(
                        policy,
                        ::resilience4rs::__private::classify_errors,
                        ::resilience4rs::__private::completed_blocking(move || -> () {
                            send(line);
                        }),
                    ),
                ) {
                    ::core::result::Result::Ok(value) => value,
                    ::core::result::Result::Err(failure) => {
                        ::resilience4rs::__private::answer_of_plain_fallback::<
                            (),
                            _,
                        >(
                            ::resilience4rs::__private::fallback_begins(policy, &failure),
                            drop_line(
                                line,
                                ::resilience4rs::__private::policy_failure_for_fallback(failure),
                            ),
                        )
                    }
                }
            }
        "#]],
    );
}
