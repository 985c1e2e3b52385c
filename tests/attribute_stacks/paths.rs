//! Paths.

use resilience4rs as alias;

use super::*;

#[circuit_breaker("one", registry = registry)]
#[resilience4rs::circuit_breaker("two", registry = registry)]
#[allow(dead_code, reason = "an attribute between the others")]
#[alias::circuit_breaker("three", registry = registry)]
fn three(registry: &Registry) -> Result<(), ApiError> {
    Ok(())
}

#[test]
fn siblings_are_found_under_any_path_and_past_other_attributes() {
    let registry = registry();
    assert_eq!(three(&registry), Ok(()));
    for name in ["three", "two", "one"] {
        open(&registry, name);
        let rejected = three(&registry);
        assert_eq!(rejected, Err(ApiError::Rejected(name.to_owned())));
    }
}

#[circuit_breaker("always", registry = registry)]
#[cfg_attr(all(), circuit_breaker("on a condition that holds", registry = registry))]
#[cfg_attr(any(), circuit_breaker("on a condition that does not", registry = registry))]
fn conditional(registry: &Registry) -> Result<(), ApiError> {
    Ok(())
}

#[test]
fn siblings_under_a_condition_are_there_when_it_holds() {
    let registry = registry();
    assert_eq!(conditional(&registry), Ok(()));
    let mut names: Vec<_> = registry
        .circuit_breakers()
        .iter()
        .map(|breaker| breaker.name().to_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["always", "on a condition that holds"]);
}

#[circuit_breaker(name = format!("tenant {tenant}"), registry = registry)]
#[circuit_breaker(name = format!("host {host}"), registry = registry)]
async fn computed(registry: &Registry, tenant: u8, host: String) -> Result<String, ApiError> {
    Ok(host)
}

#[tokio::test]
async fn computed_names_see_the_arguments() {
    let registry = registry();
    assert_eq!(
        computed(&registry, 1, "a".to_owned()).await,
        Ok("a".to_owned())
    );
    assert_eq!(counts_of(&registry, "tenant 1"), (1, 0));
    assert_eq!(counts_of(&registry, "host a"), (1, 0));
}

#[circuit_breaker("global outer", crate = alias)]
#[circuit_breaker("global inner")]
fn global() -> Result<(), ApiError> {
    Ok(())
}

#[test]
fn literal_names_are_kept_at_the_call_site() {
    assert_eq!(global(), Ok(()));
    assert_eq!(counts_of(Registry::global(), "global outer"), (1, 0));
    assert_eq!(counts_of(Registry::global(), "global inner"), (1, 0));
}
