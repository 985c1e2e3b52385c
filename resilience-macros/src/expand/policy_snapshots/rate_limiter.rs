//! What a rate limiter expands to.

use expect_test::expect;
use quote::quote;

use crate::expand::snapshots::check_policy;
use crate::policy::RATE_LIMITER;

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
                ::resilience4rs::__private::leave_record! {
                    ::resilience4rs::__private::GuardedFunction { module : ::core::module_path!(),
                    name : "send", attributes : & [::resilience4rs::__private::AttributeRecord {
                    policy : ::resilience4rs::Policy::RateLimiter, name : "batches", file :
                    ::core::file!(), line : ::core::line!(), ..
                    ::resilience4rs::__private::AttributeRecord::BARE }], }
                }
                let policy = {
                    static SITE: ::resilience4rs::__private::Site<::resilience4rs::RateLimiter> = ::resilience4rs::__private::Site::<
                        ::resilience4rs::RateLimiter,
                    >::new("batches");
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
