//! Functions that cannot fail.

use super::*;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Quote(u8);

#[circuit_breaker("outer", registry = registry, fallback = last)]
#[circuit_breaker("middle", registry = registry, plain, record_result(Quote(0)))]
#[circuit_breaker(
    "inner",
    registry = registry,
    fallback(Failure::Policy(PolicyError::CircuitOpen(_)) => circuit_open, _ => last)
)]
async fn quote(registry: &Registry, log: &mut Vec<u8>, id: u8) -> Quote {
    log.push(id);
    Quote(id)
}

async fn circuit_open(_: &Registry, log: &mut Vec<u8>, id: u8, _: PolicyError) -> Quote {
    log.push(100);
    Quote(id + 100)
}

fn last(_: &Registry, log: &mut Vec<u8>, id: u8, error: PolicyError) -> Quote {
    log.push(200);
    let rejecting = rejecting(&error);
    Quote(if rejecting == "outer" {
        id + 200
    } else {
        id + 210
    })
}

#[tokio::test]
async fn only_the_outermost_attribute_needs_a_fallback() {
    let registry = registry();
    let mut log = Vec::new();
    assert_eq!(quote(&registry, &mut log, 1).await, Quote(1));
    assert_eq!(quote(&registry, &mut log, 0).await, Quote(0));
    assert_eq!(counts_of(&registry, "outer"), (2, 0));
    assert_eq!(counts_of(&registry, "middle"), (1, 1));
    assert_eq!(counts_of(&registry, "inner"), (2, 0));
    for (name, answer) in [("inner", 101), ("middle", 211), ("outer", 201)] {
        open(&registry, name);
        assert_eq!(quote(&registry, &mut log, 1).await, Quote(answer));
    }
    assert_eq!(log, [1, 0, 100, 200, 200]);
}

#[circuit_breaker("outer", registry = registry, fallback = nothing)]
#[circuit_breaker("inner", registry = registry)]
fn plain(registry: &Registry) -> Option<u8> {
    Some(1)
}

#[circuit_breaker("outer", registry = registry, fallback = nothing)]
#[circuit_breaker("inner", registry = registry)]
fn opaque(registry: &Registry) -> impl Future<Output = Option<u8>> + Send {
    std::future::ready(Some(1))
}

#[circuit_breaker("outer", registry = registry, fallback = nothing)]
#[circuit_breaker("inner", registry = registry, fallback = two)]
fn boxed(registry: &Registry) -> Pin<Box<dyn Future<Output = Option<u8>> + Send + '_>> {
    Box::pin(std::future::ready(Some(1)))
}

#[circuit_breaker("outer", registry = registry, fallback = nothing)]
#[circuit_breaker("inner", registry = registry, fallback = two)]
fn plain_in_two_blocks(registry: &Registry) -> Option<u8> {
    Some(1)
}

fn nothing(_: &Registry, _: PolicyError) -> Option<u8> {
    None
}

fn two(_: &Registry, _: PolicyError) -> Option<u8> {
    Some(2)
}

async fn call(shape: u8, registry: &Registry) -> Option<u8> {
    match shape {
        0 => plain(registry),
        1 => sendable(opaque(registry)).await,
        2 => boxed(registry).await,
        _ => plain_in_two_blocks(registry),
    }
}

#[tokio::test]
async fn every_shape_brings_its_value_or_the_answer_around_it() {
    for shape in 0..4 {
        let registry = registry();
        assert_eq!(call(shape, &registry).await, Some(1), "shape {shape}");
        open(&registry, "inner");
        let (answer, counted) = if shape < 2 {
            (None, (1, 1))
        } else {
            (Some(2), (2, 0))
        };
        assert_eq!(call(shape, &registry).await, answer, "shape {shape}");
        assert_eq!(counts_of(&registry, "outer"), counted, "shape {shape}");
        open(&registry, "outer");
        assert_eq!(call(shape, &registry).await, None, "shape {shape}");
    }
}
