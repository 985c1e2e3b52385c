//! Free functions.

use super::*;

macro_rules! guarded_block {
    ($name:ident, $body:block) => {
        #[circuit_breaker("shape of a macro's block")]
        fn $name() -> Result<u8, PolicyError> $body
    };
}

guarded_block!(from_a_block, { Ok(7) });

#[test]
fn body_can_come_from_a_macros_block() {
    assert_eq!(from_a_block(), Ok(7));
    assert_eq!(successes("shape of a macro's block"), 1);
}

#[circuit_breaker("free async")]
async fn free_async(id: u64) -> Result<u64, ApiError> {
    std::future::ready(Ok(id + 1)).await
}

#[tokio::test]
async fn async_function_is_guarded() {
    assert_eq!(free_async(1).await, Ok(2));
    assert_eq!(successes("free async"), 1);
    open(Registry::global(), "free async");
    assert!(is_rejected(free_async(1).await));
}

#[circuit_breaker(name = "free plain")]
fn free_plain(id: u64) -> Result<u64, ApiError> {
    if id == 0 {
        return Err(ApiError::Down);
    }
    let id: u64 = "1".parse::<u64>().map_err(|_| ApiError::Down)? + id;
    Ok(id)
}

#[test]
fn plain_function_with_early_return_is_guarded() {
    assert_eq!(free_plain(1), Ok(2));
    assert_eq!(free_plain(0), Err(ApiError::Down));
    let metrics = Registry::global().circuit_breaker("free plain").metrics();
    assert_eq!((metrics.successful_calls, metrics.failed_calls), (1, 1));
    open(Registry::global(), "free plain");
    assert!(is_rejected(free_plain(1)));
}

#[circuit_breaker("consumed", registry = registry)]
async fn consumed(
    registry: &Registry,
    name: String,
    items: Vec<u8>,
) -> Result<(String, Vec<u8>), ApiError> {
    let name = name;
    Ok((name, items))
}

#[tokio::test]
async fn owned_arguments_move_into_the_body() {
    let registry = registry();
    let answer = consumed(&registry, "a".to_owned(), vec![1]).await;
    assert_eq!(answer, Ok(("a".to_owned(), vec![1])));
}

#[circuit_breaker("borrowed", registry = registry, fallback = borrowed_backup)]
async fn borrowed<'a>(
    registry: &Registry,
    text: &'a str,
    other: &str,
) -> Result<&'a str, ApiError> {
    if other.is_empty() {
        Err(ApiError::Down)
    } else {
        Ok(&text[1..])
    }
}

async fn borrowed_backup<'a>(
    _: &Registry,
    text: &'a str,
    _other: &str,
    _failure: Failure<ApiError>,
) -> Result<&'a str, ApiError> {
    Ok(&text[..1])
}

#[tokio::test]
async fn borrowed_results_pass_through_body_and_fallback() {
    let registry = registry();
    assert_eq!(sendable(borrowed(&registry, "abc", "x")).await, Ok("bc"));
    assert_eq!(borrowed(&registry, "abc", "").await, Ok("a"));
}

#[circuit_breaker("exclusive argument", registry = registry, fallback = fill_backup)]
async fn fill(registry: &Registry, buffer: &mut Vec<u8>) -> Result<usize, ApiError> {
    buffer.push(1);
    Err(ApiError::Down)
}

fn fill_backup(_: &Registry, buffer: &mut Vec<u8>, _: ApiError) -> Result<usize, ApiError> {
    buffer.push(2);
    Ok(buffer.len())
}

#[tokio::test]
async fn exclusive_references_are_lent_to_the_body_and_then_go_to_the_fallback() {
    let registry = registry();
    let mut buffer = Vec::new();
    assert_eq!(fill(&registry, &mut buffer).await, Ok(2));
    assert_eq!(buffer, [1, 2]);
    open(&registry, "exclusive argument");
    assert_eq!(fill(&registry, &mut buffer).await, Ok(3));
    assert_eq!(buffer, [1, 2, 2]);
}

#[circuit_breaker("patterns", registry = registry, fallback = patterns_backup)]
#[expect(clippy::too_many_arguments, reason = "one of each kind of pattern")]
async fn patterns(
    registry: &Registry,
    (left, right): (u8, u8),
    mut count: u8,
    _: String,
    Point { x, ref y, .. }: Point,
    [first, .., last]: [u8; 3],
    &mut ref mut slot: &mut u8,
    whole @ (Some(_) | None): Option<u8>,
) -> Result<u8, ApiError> {
    count += 1;
    *slot += 1;
    let sum = left + right + count + x + *y + first + last + whole.unwrap_or(0);
    if sum == 0 {
        Err(ApiError::Down)
    } else {
        Ok(sum)
    }
}

#[derive(Clone)]
struct Point {
    x: u8,
    y: u8,
    z: u8,
}

#[expect(clippy::too_many_arguments, reason = "those of `patterns`")]
fn patterns_backup(
    _: &Registry,
    pair: (u8, u8),
    count: u8,
    text: String,
    point: Point,
    array: [u8; 3],
    slot: &mut u8,
    whole: Option<u8>,
    _: Failure<ApiError>,
) -> Result<u8, ApiError> {
    *slot += 10;
    let text = u8::try_from(text.len()).unwrap();
    Ok(pair.0 + count + text + point.z + array[1] + whole.unwrap_or(0))
}

#[tokio::test]
async fn pattern_arguments_are_taken_apart_for_the_body_and_whole_for_the_fallback() {
    let registry = registry();
    let point = Point { x: 1, y: 2, z: 3 };
    let mut slot = 0;
    let answer = patterns(
        &registry,
        (1, 2),
        3,
        "text".to_owned(),
        point.clone(),
        [1, 9, 2],
        &mut slot,
        Some(4),
    )
    .await;
    assert_eq!((answer, slot), (Ok(1 + 2 + 4 + 1 + 2 + 1 + 2 + 4), 1));
    open(&registry, "patterns");
    let answer = patterns(
        &registry,
        (1, 2),
        3,
        "text".to_owned(),
        point,
        [1, 9, 2],
        &mut slot,
        Some(4),
    )
    .await;
    assert_eq!((answer, slot), (Ok(1 + 3 + 4 + 3 + 9 + 4), 11));
}

#[circuit_breaker("patterns without fallback", registry = registry)]
fn plain_patterns(registry: &Registry, (a, _): (u8, u8), mut b: u8, _: u8) -> Result<u8, ApiError> {
    b += a;
    Ok(b)
}

#[test]
fn pattern_arguments_work_without_a_fallback() {
    assert_eq!(plain_patterns(&registry(), (1, 2), 3, 4), Ok(4));
}

#[circuit_breaker("conditional arguments", registry = registry, fallback = conditional_backup)]
async fn conditional(
    registry: &Registry,
    #[cfg(not(test))] gone: Missing,
    #[cfg(test)] here: String,
) -> Result<String, ApiError> {
    Ok(here)
}

async fn conditional_backup(
    _: &Registry,
    here: String,
    _: Failure<ApiError>,
) -> Result<String, ApiError> {
    Ok(here + " again")
}

#[tokio::test]
async fn conditional_arguments_are_forwarded_only_where_they_exist() {
    let registry = registry();
    assert_eq!(
        conditional(&registry, "a".to_owned()).await,
        Ok("a".to_owned())
    );
    open(&registry, "conditional arguments");
    assert_eq!(
        conditional(&registry, "a".to_owned()).await,
        Ok("a again".to_owned())
    );
}

#[circuit_breaker("recursion", registry = registry, fallback = factorial_backup)]
fn factorial(registry: &Registry, n: u64) -> Result<u64, ApiError> {
    if n == 0 {
        Ok(1)
    } else {
        Ok(n * factorial(registry, n - 1)?)
    }
}

fn factorial_backup(_: &Registry, n: u64, _: Failure<ApiError>) -> Result<u64, ApiError> {
    Ok(n + 1000)
}

#[circuit_breaker("async recursion", registry = registry)]
async fn async_factorial(registry: &Registry, n: u64) -> Result<u64, ApiError> {
    if n == 0 {
        Ok(1)
    } else {
        Ok(n * Box::pin(async_factorial(registry, n - 1)).await?)
    }
}

#[tokio::test]
async fn recursion_counts_every_level() {
    let registry = registry();
    assert_eq!(factorial(&registry, 3), Ok(6));
    assert_eq!(async_factorial(&registry, 3).await, Ok(6));
    assert_eq!(
        registry
            .circuit_breaker("recursion")
            .metrics()
            .successful_calls,
        4
    );
    assert_eq!(
        registry
            .circuit_breaker("async recursion")
            .metrics()
            .successful_calls,
        4
    );
}

#[circuit_breaker("inner attributes")]
fn inner_attributes() -> Result<u8, ApiError> {
    #![allow(unused_variables)]
    let unused = 1;
    Ok(2)
}

#[test]
fn inner_attributes_stay_in_force() {
    assert_eq!(inner_attributes(), Ok(2));
}

#[circuit_breaker("control flow")]
async fn control_flow(limit: u8) -> Result<u8, ApiError> {
    let mut sum = 0;
    'outer: loop {
        for step in 0.. {
            if step == 2 {
                continue;
            }
            if step > limit {
                break 'outer;
            }
            sum += step;
        }
    }
    let checked = |value: u8| {
        if value > 100 {
            return Err(ApiError::Down);
        }
        Ok(value)
    };
    let inner = async { Ok::<u8, ApiError>(checked(sum)? + 1) };
    inner.await
}

#[tokio::test]
async fn loops_closures_and_inner_async_blocks_keep_their_meaning() {
    assert_eq!(control_flow(3).await, Ok(1 + 3 + 1));
}
