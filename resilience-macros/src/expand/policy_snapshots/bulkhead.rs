//! What a bulkhead with threads of its own expands to.

use expect_test::expect;
use quote::quote;

use crate::expand::snapshots::check_policy;
use crate::policy::BULKHEAD;

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
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "report", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::ThreadPoolBulkhead, name : "reports", settings
                    : & [("queue_capacity", "8")], file : ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE },
                    ::resilience4rs::__private::AttributeRecord { policy :
                    ::resilience4rs::Policy::CircuitBreaker, name : "host", is_expression : true,
                    file : ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<
                        ::resilience4rs::ThreadPoolBulkhead,
                    > = ::resilience4rs::__private::Site::<
                        ::resilience4rs::ThreadPoolBulkhead,
                    >::new("reports")
                        .configure(|config| config.queue_capacity(8u32));
                    SITE.resolve()
                };
                let policy_1 = ::resilience4rs::__private::resolve_named::<
                    ::resilience4rs::CircuitBreaker,
                >(
                    &::resilience4rs::__private::current_registry(),
                    ::resilience4rs::__private::instance_name(&(host)),
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
