//! Whatever stands in an attribute or under it, the macro answers with tokens.

use proc_macro2::TokenStream;

use crate::policy::POLICIES;
use crate::stack::siblings;

/// Options, most of them wrong.
const OPTIONS: &[&str] = &[
    "",
    "\"quotes\"",
    "'q'",
    "b\"quotes\"",
    "1.5",
    "true",
    ",",
    "= 3",
    "name = ",
    "name = \"\"",
    "name =, fallback = f",
    "name = \"a\" name = \"b\"",
    "::name = \"a\"",
    "a::b = 1",
    "\"q\", fallback = <Self as T>::f::<3>",
    "\"q\", fallback = Self",
    "\"q\", fallback = self",
    "\"q\", fallback = async {}",
    "\"q\", fallback[f]",
    "\"q\", fallback{f => g}",
    "\"q\", ignore_errors(A | B if x, )",
    "\"q\", ignore_errors(|)",
    "\"q\", ignore_errors(if x)",
    "\"q\", record_result(_ if)",
    "\"q\", registry = if a { b } else { c }",
    "\"q\", crate = $crate",
    "\"q\", failure_rate_threshold = 1e400",
    "\"q\", failure_rate_threshold = 0x10",
    "\"q\", sliding_window_size = -9999999999999999999999",
    "\"q\", wait_duration_in_open_state = \"99999999999999999999s\"",
    "\"q\", initial_state = \"\"",
    "\"q\", config = \"\"",
    "\"q\", config = async {}",
    "\"q\", permits = 1.5",
    "\"q\", permits = async {}",
    "\"q\", kind = \"\"",
    "\"q\", kind = \"thread_pool\"",
    "\"q\", kind(thread_pool)",
    "\"q\", budget = \"\"",
    "\"q\", retry_errors(..)",
    "\"q\", cancel_running_future = false",
    "\"q\", enable_randomized_wait = !true",
    "\"q\", r#fallback = f",
    "\"q\", #[x] fallback = f",
];

/// Items, most of them no function that can be guarded.
const ITEMS: &[&str] = &[
    "",
    ";",
    "fn",
    "fn f",
    "fn f()",
    "fn f();",
    "fn f() {}",
    "fn f() -> {}",
    "fn f() -> Result<(), E> {",
    "fn f() -> Result<(), E> [ ]",
    "fn f() -> Result<(), E> { half. }",
    "async fn f(self, x: u8, _: &mut u8, (a, b): T, #[cfg(x)] y: U) -> Result<(), E> {}",
    "fn f(&mut self) -> Pin<Box<dyn Future<Output = Result<(), E>>>> {}",
    "fn f(&mut self) -> impl Future<Output = impl Sized> {}",
    "fn f() -> impl Future {}",
    "fn f() -> Pin<Box<u8>> {}",
    "fn f() -> ! {}",
    "default async fn f() -> R {}",
    "pub(crate) const unsafe extern \"C\" fn f(x: u8, ...) -> R {}",
    "extern \"C\" { fn f(); }",
    "impl S { fn f() {} }",
    "impl S { async fn f(&self) -> Result<(), E> { half. } const C: u8 = { 1 }; m! { x } type T = u8; }",
    "impl S { #[circuit_breaker(skip)] fn f() -> Result<(), E> {} fn g() -> Result<(), E> {} }",
    "impl S { #[circuit_breaker(\"x\")] fn f() -> Result<(), E> {} pub fn g(&self, x: ) -> Result<(), E> {} }",
    "impl S { #[cfg_attr(x, circuit_breaker(skip))] fn f() -> Result<(), E> {} }",
    "#[a::circuit_breaker(\"y\", fallback = g)] unsafe impl<T: Fn() -> u8> T for S<{ N }> { fn f() -> R; }",
    "impl S",
    "impl { fn } { fn f }",
    "#[circuit_breaker(\"y\")] #[circuit_breaker] fn f(&mut self, (a, b): &mut T) -> R {}",
    "#[circuit_breaker = 3] fn f() -> R {}",
    "trait T {}",
    "let x = 1;",
    "#[a] #[b(c)] pub struct S;",
    "mod m;",
    "\"text\"",
];

#[test]
fn no_input_makes_the_macro_panic_or_lose_the_item() {
    for options in OPTIONS {
        for item in ITEMS {
            // What the compiler hands over is always whole tokens.
            let (Ok(options), Ok(item)) = (tokens(options), tokens(item)) else {
                continue;
            };
            for policy in POLICIES {
                let expanded = crate::guard::guard(policy, options.clone(), &item).to_string();
                let refused = expanded.contains("compile_error");
                let without = siblings::without(policy, &item).to_string();
                let kept = expanded.starts_with(&without);
                assert!(!refused || kept, "{item} became {expanded}");
            }
        }
    }
}

fn tokens(text: &str) -> Result<TokenStream, proc_macro2::LexError> {
    text.parse()
}
