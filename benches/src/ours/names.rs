//! Finding the instance: a literal name beside a handle at hand, and a name that is computed.
//!
//! The two calls are the same but for the handle: the one by a handle is what the attribute expands to,
//! written by hand. Neither is inlined, as functions that do something seldom are: into a loop, the
//! compiler would load the handle once for all calls.

use resilience4rs::__private as expansion;
use resilience4rs::{CircuitBreaker, Registry, circuit_breaker};

use super::ours;
use crate::call::{CallError, succeed};
use crate::case::{Case, Workload, repeat};
use crate::group::{BY_HANDLE_OR_LITERAL, BY_NAME};

/// How many instances there are to choose from.
const NAMES: usize = 1_000;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        ours(BY_HANDLE_OR_LITERAL, "a handle at hand", |_| by_handle()),
        ours(BY_HANDLE_OR_LITERAL, "a literal name", |_| by_literal()),
        ours(BY_NAME, "Registry::find_circuit_breaker", |_| find()),
        ours(BY_NAME, "#[circuit_breaker(name = ..)], the lookup", |_| {
            resolve()
        }),
    ]
}

/// The names of one thousand tenants.
#[derive(Debug)]
pub struct Names(Vec<String>);

impl Names {
    /// `tenant-0000` and on.
    #[must_use]
    pub fn new() -> Self {
        let names = (0..NAMES).map(|tenant| format!("tenant-{tenant:04}"));
        Self(names.collect())
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// One after another, and again from the first.
    #[inline]
    #[must_use]
    pub fn of(&self, call: u64) -> &str {
        // On every machine that this runs on, a number below a thousand is an index.
        &self.0[usize::try_from(call % NAMES as u64).unwrap_or(0)]
    }
}

impl Default for Names {
    fn default() -> Self {
        Self::new()
    }
}

#[circuit_breaker("literal")]
#[inline(never)]
fn literal(number: u64) -> Result<u64, CallError> {
    succeed(number)
}

fn by_literal() -> Workload {
    repeat(literal)
}

fn by_handle() -> Workload {
    let breaker = Registry::new().circuit_breaker("handle");
    repeat(move |number| with_handle(&breaker, number))
}

#[inline(never)]
fn with_handle(policy: &CircuitBreaker, number: u64) -> Result<u64, CallError> {
    expansion::guard_blocking(expansion::in_circuit_breaker_blocking(
        policy,
        expansion::classify_errors,
        move || succeed(number),
    ))
}

fn find() -> Workload {
    let (registry, names) = registry();
    repeat(move |number| registry.find_circuit_breaker(names.of(number)))
}

fn resolve() -> Workload {
    let (registry, names) = registry();
    repeat(move |number| {
        let name = names.of(number);
        expansion::resolve_named::<CircuitBreaker>(&registry, name)
    })
}

fn registry() -> (Registry, Names) {
    let registry = Registry::new();
    let names = Names::new();
    for name in names.iter() {
        let made = registry.circuit_breaker_with(name, |config| config);
        assert!(made.is_ok(), "{made:?}");
    }
    (registry, names)
}
