//! What representative functions expand to.
//!
//! `UPDATE_EXPECT=1 cargo test -p resilience-macros` takes the expansions as they are.

#![allow(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
#![allow(clippy::too_many_lines, reason = "an expansion has as many as it has")]

mod answers;

use expect_test::{Expect, expect};
use proc_macro2::TokenStream;
use quote::quote;

use crate::policy::{CIRCUIT_BREAKER, Policy};

pub(super) fn check(options: TokenStream, item: &TokenStream, expected: &Expect) {
    check_policy(&CIRCUIT_BREAKER, options, item, expected);
}

pub(super) fn check_policy(
    policy: &'static Policy,
    options: TokenStream,
    item: &TokenStream,
    expected: &Expect,
) {
    let expanded = crate::guard::guard(policy, options, item);
    let file = syn::parse2(expanded).expect("the expansion is Rust");
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn async_method_without_fallback() {
    check(
        quote!("payments"),
        &quote! {
            /// Pays.
            pub async fn pay(&self, request: Request) -> Result<Receipt, PaymentError> {
                self.client.pay(request).await
            }
        },
        &expect![[r#"
            /// Pays.
            pub async fn pay(&self, request: Request) -> Result<Receipt, PaymentError> {
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "pay", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::CircuitBreaker, name : "payments", file :
                    ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::CircuitBreaker> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::CircuitBreaker,
                    >::new("payments");
                    SITE.resolve()
                };
                ::resilience4rs::__private::guard(
                        ::resilience4rs::__private::in_circuit_breaker(
                            policy,
                            ::resilience4rs::__private::classify_errors,
                            async move {
                                if let ::core::option::Option::Some(output) = ::core::option::Option::None::<
                                    Result<Receipt, PaymentError>,
                                > {
                                    return output;
                                }
                                { self.client.pay(request).await }
                            },
                        ),
                    )
                    .await
            }
        "#]],
    );
}

#[test]
fn async_method_with_fallback_settings_and_patterns() {
    check(
        quote! {
            "payments",
            config = "shared",
            failure_rate_threshold = 50,
            wait_duration_in_open_state = "1m 30s",
            sliding_window_type = "TIME_BASED",
            ignore_errors(PaymentError::Declined),
            record_result(Receipt { status, .. } if *status == 500),
            fallback = queue_it
        },
        &quote! {
            async fn pay(&self, request: Request, (a, b): (u8, u8), buffer: &mut Vec<u8>) -> Result<Receipt, PaymentError> {
                self.client.pay(request, a, b, buffer).await
            }
        },
        &expect![[r#"
            async fn pay(
                &self,
                request: Request,
                arg2: (u8, u8),
                buffer: &mut Vec<u8>,
            ) -> Result<Receipt, PaymentError> {
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "pay", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::CircuitBreaker, name : "payments", config :
                    ::core::option::Option::Some("shared"), settings : & [("failure_rate_threshold",
                    "50"), ("wait_duration_in_open_state", "1m 30s"), ("sliding_window_type",
                    "TIME_BASED")], fallbacks : & ["queue_it"], file : ::core::file!(), line :
                    ::core::line!(), .. ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let saved_1 = ::resilience4rs::__private::clone_argument_for_fallback::<
                    Request,
                >(&request);
                let saved_2 = ::resilience4rs::__private::clone_argument_for_fallback::<
                    (u8, u8),
                >(&arg2);
                let (a, b) = arg2;
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::CircuitBreaker> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::CircuitBreaker,
                    >::new("payments")
                        .config("shared")
                        .configure(|config| {
                            config
                                .failure_rate_threshold(50f32)
                                .wait_duration_in_open_state(::core::time::Duration::new(90, 0))
                                .sliding_window_type(::resilience4rs::SlidingWindowType::TimeBased)
                        });
                    SITE.resolve()
                };
                let lent_3 = &mut *buffer;
                match ::resilience4rs::__private::run({
                        let body = async move {
                            if let ::core::option::Option::Some(output) = ::core::option::Option::None::<
                                Result<Receipt, PaymentError>,
                            > {
                                return output;
                            }
                            let buffer = lent_3;
                            let _ = &buffer;
                            { self.client.pay(request, a, b, buffer).await }
                        };
                        ::resilience4rs::__private::in_circuit_breaker(
                            policy,
                            |result| match result {
                                ::core::result::Result::Err(PaymentError::Declined) => {
                                    ::resilience4rs::Verdict::Ignored
                                }
                                ::core::result::Result::Err(_) => ::resilience4rs::Verdict::Failure,
                                ::core::result::Result::Ok(
                                    Receipt { status, .. },
                                ) if *status == 500 => ::resilience4rs::Verdict::Failure,
                                ::core::result::Result::Ok(_) => ::resilience4rs::Verdict::Success,
                            },
                            body,
                        )
                    })
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
fn plain_function_with_expression_name_and_registry() {
    check(
        quote!(
            name = host.name(),
            config = "hosts",
            registry = registry,
            fallback = backup::get
        ),
        &quote! {
            fn get(registry: &Registry, host: &Host, limit: u32) -> Result<impl Iterator<Item = u8>, Error> {
                host.get(limit)
            }
        },
        &expect![[r#"
            fn get(
                registry: &Registry,
                host: &Host,
                limit: u32,
            ) -> Result<impl Iterator<Item = u8>, Error> {
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "get", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::CircuitBreaker, name : "host.name()",
                    is_expression : true, config : ::core::option::Option::Some("hosts"), registry :
                    ::core::option::Option::Some("registry"), fallbacks : & ["backup::get"], file :
                    ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let saved_2 = ::resilience4rs::__private::clone_argument_for_fallback::<u32>(&limit);
                let policy = ::resilience4rs::__private::resolve_in_config::<
                    ::resilience4rs::CircuitBreaker,
                >(
                    &(registry),
                    ::resilience4rs::__private::instance_name(&(host.name())),
                    "hosts",
                    ::core::convert::identity,
                );
                match ::resilience4rs::__private::run_blocking(
                    ::resilience4rs::__private::in_circuit_breaker_blocking(
                        &policy,
                        ::resilience4rs::__private::classify_errors,
                        move || -> Result<_, Error> { host.get(limit) },
                    ),
                ) {
                    ::core::result::Result::Ok(value) => {
                        ::resilience4rs::Outcome::from_result(::core::result::Result::Ok(value))
                    }
                    ::core::result::Result::Err(failure) => {
                        ::resilience4rs::__private::answer_of_plain_fallback::<
                            Result<_, Error>,
                            _,
                        >(
                            ::resilience4rs::__private::fallback_begins(&policy, &failure),
                            backup::get(
                                registry,
                                host,
                                saved_2,
                                ::resilience4rs::__private::failure_for_fallback(failure),
                            ),
                        )
                    }
                }
            }
        "#]],
    );
}

#[test]
fn exclusive_receiver_with_fallback() {
    check(
        quote!("files", fallback = Self::cached),
        &quote! {
            async fn read(&mut self, path: PathBuf) -> io::Result<Vec<u8>> {
                self.disk.read(path).await
            }
        },
        &expect![[r#"
            async fn read(&mut self, path: PathBuf) -> io::Result<Vec<u8>> {
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "read", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::CircuitBreaker, name : "files", fallbacks : &
                    ["Self::cached"], file : ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let saved_1 = ::resilience4rs::__private::clone_argument_for_fallback::<
                    PathBuf,
                >(&path);
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::CircuitBreaker> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::CircuitBreaker,
                    >::new("files");
                    SITE.resolve()
                };
                match ::resilience4rs::__private::run(
                        ::resilience4rs::__private::in_circuit_breaker(
                            policy,
                            ::resilience4rs::__private::classify_errors,
                            async {
                                if let ::core::option::Option::Some(output) = ::core::option::Option::None::<
                                    io::Result<Vec<u8>>,
                                > {
                                    return output;
                                }
                                let path = path;
                                let _ = &path;
                                { self.disk.read(path).await }
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
                                Self::cached(
                                    self,
                                    saved_1,
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
fn what_async_trait_makes_of_a_method() {
    check(
        quote!("quotes", fallback = cached),
        &quote! {
            fn quote<'life0, 'async_trait>(&'life0 self, id: u64) -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = Result<Quote, E>> + ::core::marker::Send + 'async_trait>>
            where 'life0: 'async_trait, Self: 'async_trait
            {
                Box::pin(async move { self.get(id).await })
            }
        },
        &expect![[r#"
            fn quote<'life0, 'async_trait>(
                &'life0 self,
                id: u64,
            ) -> ::core::pin::Pin<
                Box<
                    dyn ::core::future::Future<
                        Output = Result<Quote, E>,
                    > + ::core::marker::Send + 'async_trait,
                >,
            >
            where
                'life0: 'async_trait,
                Self: 'async_trait,
            {
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "quote", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::CircuitBreaker, name : "quotes", fallbacks : &
                    ["cached"], file : ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let saved_1 = ::resilience4rs::__private::clone_argument_for_fallback::<u64>(&id);
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::CircuitBreaker> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::CircuitBreaker,
                    >::new("quotes");
                    SITE.resolve()
                };
                let body = ::resilience4rs::__private::future_of::<
                    Result<Quote, E>,
                    _,
                >(
                    (move || -> ::core::pin::Pin<
                        Box<
                            dyn ::core::future::Future<
                                Output = Result<Quote, E>,
                            > + ::core::marker::Send + 'async_trait,
                        >,
                    > { Box::pin(async move { self.get(id).await }) })(),
                );
                ::std::boxed::Box::pin(async move {
                    match ::resilience4rs::__private::run(
                            ::resilience4rs::__private::in_circuit_breaker(
                                policy,
                                ::resilience4rs::__private::classify_errors,
                                body,
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
                                    Self::cached(
                                        self,
                                        saved_1,
                                        ::resilience4rs::__private::failure_for_fallback(failure),
                                    ),
                                )
                                .await
                        }
                    }
                })
            }
        "#]],
    );
}

#[test]
fn function_that_returns_a_future() {
    check(
        quote!(crate = framework::resilience4rs, name = tenant),
        &quote! {
            fn quote(tenant: String) -> impl Future<Output = Result<Quote, E>> + Send {
                async move { get(tenant).await }
            }
        },
        &expect![[r#"
            fn quote(tenant: String) -> impl Future<Output = Result<Quote, E>> + Send {
                framework::resilience4rs::__private::leave_record! {
                    framework::resilience4rs::__private::GuardedFunction { module :
                    ::core::module_path!(), name : "quote", attributes : &
                    [framework::resilience4rs::__private::AttributeRecord { policy :
                    framework::resilience4rs::Policy::CircuitBreaker, name : "tenant", is_expression
                    : true, file : ::core::file!(), line : ::core::line!(),
                    ..framework::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let policy = framework::resilience4rs::__private::resolve_named::<
                    framework::resilience4rs::CircuitBreaker,
                >(
                    &framework::resilience4rs::__private::current_registry(),
                    framework::resilience4rs::__private::instance_name(&(tenant)),
                );
                let body = framework::resilience4rs::__private::future_of::<
                    Result<Quote, E>,
                    _,
                >((move || -> _ { async move { get(tenant).await } })());
                async move {
                    framework::resilience4rs::__private::guard(
                            framework::resilience4rs::__private::in_circuit_breaker(
                                &policy,
                                framework::resilience4rs::__private::classify_errors,
                                body,
                            ),
                        )
                        .await
                }
            }
        "#]],
    );
}

#[test]
fn wrong_attribute_keeps_the_function() {
    check(
        quote!(nme = "quotes"),
        &quote! {
            async fn quote(id: u64) -> Result<Quote, E> { get(id).await }
        },
        &expect![[r#"
            async fn quote(id: u64) -> Result<Quote, E> {
                get(id).await
            }
            ::core::compile_error! {
                "`circuit_breaker` has no option `nme`: did you mean `name`?"
            }
        "#]],
    );
}
