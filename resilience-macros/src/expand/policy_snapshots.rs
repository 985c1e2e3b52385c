//! What each policy, and a stack of them, expands to. See the other [`snapshots`](super::snapshots).

#![allow(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
#![allow(clippy::too_many_lines, reason = "an expansion has as many as it has")]

use expect_test::expect;
use quote::quote;

use super::snapshots::check_policy;
use crate::policy::{BULKHEAD, RATE_LIMITER, RETRY, TIME_LIMITER};

#[test]
fn retry_of_a_method_with_arguments_of_each_kind() {
    check_policy(
        &RETRY,
        quote! {
            "payments",
            max_attempts = 5,
            budget = "provider",
            ignore_errors(PaymentError::Declined),
            fallback = queue_it
        },
        &quote! {
            async fn pay(&mut self, request: Request, (a, b): (u8, u8), buffer: &mut Vec<u8>) -> Result<Receipt, PaymentError> {
                self.client.pay(request, a, b, buffer).await
            }
        },
        &expect![[r#"
            async fn pay(
                &mut self,
                request: Request,
                arg2: (u8, u8),
                buffer: &mut Vec<u8>,
            ) -> Result<Receipt, PaymentError> {
                let saved_1 = ::resilience4rs::__private::clone_argument_for_fallback::<
                    Request,
                >(&request);
                let saved_2 = ::resilience4rs::__private::clone_argument_for_fallback::<
                    (u8, u8),
                >(&arg2);
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::Retry> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::Retry,
                    >::new("payments", |config| config.max_attempts(5u32).budget("provider"));
                    SITE.resolve()
                };
                let lent_3 = &mut *buffer;
                match ::resilience4rs::__private::run(
                        ::resilience4rs::__private::retried(async {
                            let buffer = lent_3;
                            let mut kept_1_1 = ::core::option::Option::Some(request);
                            let mut kept_2_1 = ::core::option::Option::Some(arg2);
                            let mut attempts = ::resilience4rs::__private::attempts(policy);
                            loop {
                                let wait = {
                                    let request = ::resilience4rs::__private::argument_for_attempt::<
                                        Request,
                                    >(&mut kept_1_1, attempts.is_last());
                                    let arg2 = ::resilience4rs::__private::argument_for_attempt::<
                                        (u8, u8),
                                    >(&mut kept_2_1, attempts.is_last());
                                    let (a, b) = arg2;
                                    let lent_3_1 = &mut *buffer;
                                    let outcome = ::resilience4rs::__private::attempt(
                                            policy,
                                            async {
                                                if let ::core::option::Option::Some(output) = ::core::option::Option::None::<
                                                    Result<Receipt, PaymentError>,
                                                > {
                                                    return output;
                                                }
                                                let buffer = lent_3_1;
                                                let _ = &buffer;
                                                let request = request;
                                                let _ = &request;
                                                { self.client.pay(request, a, b, buffer).await }
                                            },
                                        )
                                        .await;
                                    match attempts
                                        .judge(
                                            |result| {
                                                #[allow(unused_imports)]
                                                use ::resilience4rs::__private::AsksForNothing as _;
                                                let again = match result {
                                                    ::core::result::Result::Err(PaymentError::Declined) => false,
                                                    ::core::result::Result::Err(_) => true,
                                                    ::core::result::Result::Ok(_) => false,
                                                };
                                                match result {
                                                    ::core::result::Result::Err(said) if again => {
                                                        ::resilience4rs::__private::Asking(said).verdict()
                                                    }
                                                    ::core::result::Result::Err(_) => {
                                                        ::resilience4rs::__private::RetryVerdict::GiveUp
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
                                        ::core::ops::ControlFlow::Break(outcome) => break outcome,
                                    }
                                };
                                wait.await;
                            }
                        }),
                    )
                    .await
                {
                    ::core::result::Result::Ok(value) => {
                        ::resilience4rs::Outcome::from_result(::core::result::Result::Ok(value))
                    }
                    ::core::result::Result::Err(failure) => {
                        ::resilience4rs::__private::answer_of_fallback(
                                Self::queue_it(
                                    self,
                                    saved_1,
                                    saved_2,
                                    buffer,
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
fn retry_of_a_plain_method_that_consumes_its_receiver() {
    check_policy(
        &RETRY,
        quote!(
            "jobs",
            retry_result(Report {
                is_partial: true,
                ..
            })
        ),
        &quote! {
            fn run(self, mut steps: Vec<Step>) -> Result<Report, JobError> {
                steps.push(self.last);
                work(steps)
            }
        },
        &expect![[r#"
            fn run(mut self, steps: Vec<Step>) -> Result<Report, JobError> {
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::Retry> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::Retry,
                    >::new("jobs", ::core::convert::identity);
                    SITE.resolve()
                };
                ::resilience4rs::__private::guard_blocking(
                    ::resilience4rs::__private::retried_blocking(move || {
                        let mut kept_self = ::core::option::Option::Some(self);
                        let mut kept_1 = ::core::option::Option::Some(steps);
                        let mut attempts = ::resilience4rs::__private::attempts(policy);
                        loop {
                            let wait = {
                                self = ::resilience4rs::__private::argument_for_attempt::<
                                    Self,
                                >(&mut kept_self, attempts.is_last());
                                let _ = &self;
                                let mut steps = ::resilience4rs::__private::argument_for_attempt::<
                                    Vec<Step>,
                                >(&mut kept_1, attempts.is_last());
                                let outcome = ::resilience4rs::__private::attempt_blocking(
                                    policy,
                                    move || -> Result<Report, JobError> {
                                        steps.push(self.last);
                                        work(steps)
                                    },
                                );
                                match attempts
                                    .judge(
                                        |result| {
                                            #[allow(unused_imports)]
                                            use ::resilience4rs::__private::AsksForNothing as _;
                                            let again = match result {
                                                ::core::result::Result::Err(_) => true,
                                                ::core::result::Result::Ok(
                                                    Report { is_partial: true, .. },
                                                ) => true,
                                                ::core::result::Result::Ok(_) => false,
                                            };
                                            match result {
                                                ::core::result::Result::Err(said) if again => {
                                                    ::resilience4rs::__private::Asking(said).verdict()
                                                }
                                                ::core::result::Result::Ok(said) if again => {
                                                    ::resilience4rs::__private::Asking(said).verdict()
                                                }
                                                ::core::result::Result::Err(_) => {
                                                    ::resilience4rs::__private::RetryVerdict::GiveUp
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
                                    ::core::ops::ControlFlow::Break(outcome) => break outcome,
                                }
                            };
                            wait.block();
                        }
                    }),
                )
            }
        "#]],
    );
}

#[test]
fn retry_of_a_boxed_future() {
    check_policy(
        &RETRY,
        quote!("quotes"),
        &quote! {
            fn quote<'a>(&'a mut self, symbol: String) -> Pin<Box<dyn Future<Output = Result<u64, E>> + Send + 'a>> {
                Box::pin(async move { self.get(symbol).await })
            }
        },
        &expect![[r#"
            fn quote<'a>(
                &'a mut self,
                symbol: String,
            ) -> Pin<Box<dyn Future<Output = Result<u64, E>> + Send + 'a>> {
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::Retry> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::Retry,
                    >::new("quotes", ::core::convert::identity);
                    SITE.resolve()
                };
                ::std::boxed::Box::pin(async move {
                    let mut kept_1 = ::core::option::Option::Some(symbol);
                    let mut attempts = ::resilience4rs::__private::attempts(policy);
                    loop {
                        let wait = {
                            let symbol = ::resilience4rs::__private::argument_for_attempt::<
                                String,
                            >(&mut kept_1, attempts.is_last());
                            let lent_self = &mut *self;
                            let outcome = ::resilience4rs::__private::attempt(
                                    policy,
                                    ::resilience4rs::__private::future_of::<
                                        Result<u64, E>,
                                        _,
                                    >(
                                        (move || -> Pin<
                                            Box<dyn Future<Output = Result<u64, E>> + Send + '_>,
                                        > {
                                            let symbol = symbol;
                                            let _ = &symbol;
                                            { Box::pin(async move { lent_self.get(symbol).await }) }
                                        })(),
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
                })
            }
        "#]],
    );
}

#[test]
fn rate_limiter_with_permits() {
    check_policy(
        &RATE_LIMITER,
        quote!("batches", permits = items.len() as u32),
        &quote! {
            fn send(&self, items: &[Item]) -> Result<(), E> {
                self.post(items)
            }
        },
        &expect![[r#"
            fn send(&self, items: &[Item]) -> Result<(), E> {
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::RateLimiter> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::RateLimiter,
                    >::new("batches", ::core::convert::identity);
                    SITE.resolve()
                };
                let permits: ::core::primitive::u32 = items.len() as u32;
                ::resilience4rs::__private::guard_blocking(
                    ::resilience4rs::__private::in_rate_limiter_blocking(
                        policy,
                        permits,
                        move || -> Result<(), E> { self.post(items) },
                    ),
                )
            }
        "#]],
    );
}

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
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::Retry> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::Retry,
                    >::new("quotes", ::core::convert::identity);
                    SITE.resolve()
                };
                let policy_1 = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::CircuitBreaker> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::CircuitBreaker,
                    >::new("quotes", ::core::convert::identity);
                    SITE.resolve()
                };
                let policy_2 = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::RateLimiter> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::RateLimiter,
                    >::new("quotes", ::core::convert::identity);
                    SITE.resolve()
                };
                let policy_3 = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::TimeLimiter> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::TimeLimiter,
                    >::new(
                        "quotes",
                        |config| config.timeout_duration(::core::time::Duration::new(2, 0)),
                    );
                    SITE.resolve()
                };
                let policy_4 = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::Bulkhead> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::Bulkhead,
                    >::new("quotes", ::core::convert::identity);
                    SITE.resolve()
                };
                let mut kept_1 = ::core::option::Option::Some(id);
                let mut attempts = ::resilience4rs::__private::attempts(policy);
                loop {
                    let wait = {
                        let id = ::resilience4rs::__private::argument_for_attempt::<
                            u64,
                        >(&mut kept_1, attempts.is_last());
                        let outcome = ::resilience4rs::__private::attempt(
                                policy,
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

#[test]
fn thread_pool_around_what_is_looked_up_for_each_call() {
    check_policy(
        &BULKHEAD,
        quote!("reports", kind = "thread_pool", queue_capacity = 8),
        &quote! {
            #[circuit_breaker(name = host)]
            async fn report(self: Arc<Self>, host: String) -> Result<Report, E> {
                self.render(host)
            }
        },
        &expect![[r#"
            async fn report(self: Arc<Self>, host: String) -> Result<Report, E> {
                #[allow(unused_imports)]
                use circuit_breaker as _;
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<
                        ::resilience4rs::ThreadPoolBulkhead,
                    > = ::resilience4rs::__private::Site::<
                        ::resilience4rs::ThreadPoolBulkhead,
                    >::new("reports", |config| config.queue_capacity(8u32));
                    SITE.resolve()
                };
                let policy_1 = ::resilience4rs::__private::resolve::<
                    ::resilience4rs::CircuitBreaker,
                >(
                    ::resilience4rs::Registry::global(),
                    ::resilience4rs::__private::instance_name(&(host)),
                    ::core::convert::identity,
                );
                ::resilience4rs::__private::guard(
                        ::resilience4rs::__private::in_thread_pool_bulkhead(
                            policy,
                            ::resilience4rs::__private::owning(async move {
                                ::resilience4rs::__private::outcome_of(
                                        ::resilience4rs::__private::in_circuit_breaker(
                                            &policy_1,
                                            ::resilience4rs::__private::classify_errors,
                                            async move {
                                                if let ::core::option::Option::Some(output) = ::core::option::Option::None::<
                                                    Result<Report, E>,
                                                > {
                                                    return output;
                                                }
                                                { self.render(host) }
                                            },
                                        ),
                                    )
                                    .await
                            }),
                        ),
                    )
                    .await
            }
        "#]],
    );
}

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
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::Retry> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::Retry,
                    >::new("orders", ::core::convert::identity);
                    SITE.resolve()
                };
                let policy_1 = ::resilience4rs::__private::resolve::<
                    ::resilience4rs::TimeLimiter,
                >(
                    ::resilience4rs::Registry::global(),
                    ::resilience4rs::__private::instance_name(&(shop)),
                    |config| config.cancel_running_future(false),
                );
                let mut kept_0 = ::core::option::Option::Some(shop);
                let mut attempts = ::resilience4rs::__private::attempts(policy);
                loop {
                    let wait = {
                        let shop = ::resilience4rs::__private::argument_for_attempt::<
                            String,
                        >(&mut kept_0, attempts.is_last());
                        let policy_1 = ::core::clone::Clone::clone(&policy_1);
                        let outcome = ::resilience4rs::__private::attempt(
                                policy,
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
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::TimeLimiter> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::TimeLimiter,
                    >::new(
                        "cache",
                        |config| config.timeout_duration(::core::time::Duration::new(0, 50000000)),
                    );
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
