//! What a retry expands to.

use expect_test::expect;
use quote::quote;

use crate::expand::snapshots::check_policy;
use crate::policy::RETRY;

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
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "pay", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::Retry, name : "payments", settings : &
                    [("max_attempts", "5"), ("budget", "provider")], fallbacks : & ["queue_it"], file
                    : ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let saved_1 = ::resilience4rs::__private::clone_argument_for_fallback::<
                    Request,
                >(&request);
                let saved_2 = ::resilience4rs::__private::clone_argument_for_fallback::<
                    (u8, u8),
                >(&arg2);
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::Retry> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::Retry,
                    >::new("payments")
                        .configure(|config| config.max_attempts(5u32).budget("provider"));
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
                                    let request = {
                                        #[allow(unused_imports)]
                                        use ::resilience4rs::__private::MovesAtLast as _;
                                        let is_last = ::resilience4rs::__private::Kept(&kept_1_1)
                                            .is_last(&attempts);
                                        ::resilience4rs::__private::argument_for_attempt::<
                                            Request,
                                        >(&mut kept_1_1, is_last)
                                    };
                                    let arg2 = {
                                        #[allow(unused_imports)]
                                        use ::resilience4rs::__private::MovesAtLast as _;
                                        let is_last = ::resilience4rs::__private::Kept(&kept_2_1)
                                            .is_last(&attempts);
                                        ::resilience4rs::__private::argument_for_attempt::<
                                            (u8, u8),
                                        >(&mut kept_2_1, is_last)
                                    };
                                    let (a, b) = arg2;
                                    let lent_3_1 = &mut *buffer;
                                    let outcome = ::resilience4rs::__private::attempt(
                                            &mut attempts,
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
                                ::resilience4rs::__private::fallback_begins(policy, &failure),
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
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "run", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::Retry, name : "jobs", file : ::core::file!(),
                    line : ::core::line!(), .. ::resilience4rs::__private::AttributeRecord::BARE }],
                    }
                }
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::Retry> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::Retry,
                    >::new("jobs");
                    SITE.resolve()
                };
                ::resilience4rs::__private::guard_blocking(
                    ::resilience4rs::__private::retried_blocking(move || {
                        let mut kept_self = ::core::option::Option::Some(self);
                        let mut kept_1 = ::core::option::Option::Some(steps);
                        let mut attempts = ::resilience4rs::__private::attempts(policy);
                        loop {
                            let wait = {
                                self = {
                                    #[allow(unused_imports)]
                                    use ::resilience4rs::__private::MovesAtLast as _;
                                    let is_last = ::resilience4rs::__private::Kept(&kept_self)
                                        .is_last(&attempts);
                                    ::resilience4rs::__private::argument_for_attempt::<
                                        Self,
                                    >(&mut kept_self, is_last)
                                };
                                let _ = &self;
                                let mut steps = {
                                    #[allow(unused_imports)]
                                    use ::resilience4rs::__private::MovesAtLast as _;
                                    let is_last = ::resilience4rs::__private::Kept(&kept_1)
                                        .is_last(&attempts);
                                    ::resilience4rs::__private::argument_for_attempt::<
                                        Vec<Step>,
                                    >(&mut kept_1, is_last)
                                };
                                let outcome = ::resilience4rs::__private::attempt_blocking(
                                    &mut attempts,
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
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "quote", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::Retry, name : "quotes", file : ::core::file!(),
                    line : ::core::line!(), .. ::resilience4rs::__private::AttributeRecord::BARE }],
                    }
                }
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::Retry> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::Retry,
                    >::new("quotes");
                    SITE.resolve()
                };
                ::std::boxed::Box::pin(async move {
                    let mut kept_1 = ::core::option::Option::Some(symbol);
                    let mut attempts = ::resilience4rs::__private::attempts(policy);
                    loop {
                        let wait = {
                            let symbol = {
                                #[allow(unused_imports)]
                                use ::resilience4rs::__private::MovesAtLast as _;
                                let is_last = ::resilience4rs::__private::Kept(&kept_1)
                                    .is_last(&attempts);
                                ::resilience4rs::__private::argument_for_attempt::<
                                    String,
                                >(&mut kept_1, is_last)
                            };
                            let lent_self = &mut *self;
                            let outcome = ::resilience4rs::__private::attempt(
                                    &mut attempts,
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
