//! Order.

use super::*;

#[circuit_breaker("outer", registry = registry)]
#[circuit_breaker("inner", registry = registry)]
async fn quote(registry: &Registry, ok: bool) -> Result<u8, ApiError> {
    if ok { Ok(1) } else { Err(ApiError::Down) }
}

#[circuit_breaker("outer", registry = registry)]
#[circuit_breaker("inner", registry = registry)]
fn plain(registry: &Registry, ok: bool) -> Result<u8, ApiError> {
    if ok { Ok(1) } else { Err(ApiError::Down) }
}

#[circuit_breaker("outer", registry = registry)]
#[circuit_breaker("inner", registry = registry)]
fn opaque(
    registry: &Registry,
    ok: bool,
) -> impl Future<Output = Result<u8, ApiError>> + Send + use<> {
    let answer = if ok { Ok(1) } else { Err(ApiError::Down) };
    async move { answer }
}

#[circuit_breaker("outer", registry = registry)]
#[circuit_breaker("inner", registry = registry)]
fn boxed(
    registry: &Registry,
    ok: bool,
) -> Pin<Box<dyn Future<Output = Result<u8, ApiError>> + Send>> {
    let answer = if ok { Ok(1) } else { Err(ApiError::Down) };
    Box::pin(async move { answer })
}

async fn call(shape: u8, registry: &Registry, ok: bool) -> Result<u8, ApiError> {
    match shape {
        0 => sendable(quote(registry, ok)).await,
        1 => plain(registry, ok),
        2 => sendable(opaque(registry, ok)).await,
        _ => boxed(registry, ok).await,
    }
}

#[tokio::test]
async fn every_policy_counts_every_call() {
    for shape in 0..4 {
        let registry = registry();
        assert_eq!(call(shape, &registry, true).await, Ok(1));
        assert_eq!(call(shape, &registry, false).await, Err(ApiError::Down));
        assert_eq!(counts_of(&registry, "outer"), (1, 1), "shape {shape}");
        assert_eq!(counts_of(&registry, "inner"), (1, 1), "shape {shape}");
    }
}

#[tokio::test]
async fn the_first_attribute_is_the_outermost() {
    for shape in 0..4 {
        let registry = registry();
        open(&registry, "outer");
        open(&registry, "inner");
        let rejected = call(shape, &registry, true).await;
        assert_eq!(rejected, Err(ApiError::Rejected("outer".to_owned())));
        let inner = registry.circuit_breaker("inner");
        assert_eq!(inner.metrics().not_permitted_calls, 0, "shape {shape}");
    }
}

#[tokio::test]
async fn a_rejection_further_inside_is_a_failure_outside() {
    for shape in 0..4 {
        let registry = registry();
        open(&registry, "inner");
        let rejected = call(shape, &registry, true).await;
        assert_eq!(rejected, Err(ApiError::Rejected("inner".to_owned())));
        assert_eq!(counts_of(&registry, "outer"), (0, 1), "shape {shape}");
    }
}

#[test]
fn the_inner_outcome_is_recorded_before_the_outer_one() {
    let registry = registry();
    let events = Arc::new(Mutex::new(Vec::new()));
    for name in ["outer", "inner"] {
        let events = Arc::clone(&events);
        registry.circuit_breaker(name).on_event(move |event| {
            if let CircuitBreakerEventKind::Success { .. } = event.kind {
                events.lock().unwrap().push(event.name.to_string());
            }
        });
    }
    plain(&registry, true).unwrap();
    assert_eq!(*events.lock().unwrap(), ["inner", "outer"]);
}
