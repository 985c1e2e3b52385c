//! Generic functions.

use super::*;

#[circuit_breaker("generic", registry = registry, fallback = generic_backup)]
async fn generic<T, const N: usize>(registry: &Registry, values: [T; N]) -> Result<usize, ApiError>
where
    T: Clone + Send + Display,
{
    let text: String = values.iter().map(ToString::to_string).collect();
    if text.is_empty() {
        Err(ApiError::Down)
    } else {
        Ok(text.len())
    }
}

async fn generic_backup<T: Clone + Send, const N: usize>(
    _: &Registry,
    values: [T; N],
    _: Failure<ApiError>,
) -> Result<usize, ApiError> {
    Ok(values.len() + 100)
}

#[tokio::test]
async fn generic_and_const_parameters_reach_the_fallback() {
    let registry = registry();
    assert_eq!(sendable(generic(&registry, [12, 3])).await, Ok(3));
    assert_eq!(generic(&registry, [""]).await, Ok(101));
}

#[circuit_breaker("impl trait", registry = registry, fallback = impl_trait_backup)]
async fn impl_trait(
    registry: &Registry,
    text: impl Display + Clone,
    f: &impl Fn(u8) -> u8,
) -> Result<String, ApiError> {
    if f(1) == 1 {
        Err(ApiError::Down)
    } else {
        Ok(text.to_string())
    }
}

fn impl_trait_backup(
    _: &Registry,
    text: impl Display,
    _: &impl Fn(u8) -> u8,
    _: ApiError,
) -> Result<String, ApiError> {
    Ok(format!("{text}?"))
}

#[tokio::test]
async fn impl_trait_arguments_reach_the_fallback() {
    let registry = registry();
    assert_eq!(
        impl_trait(&registry, 1, &|x| x + 1).await,
        Ok("1".to_owned())
    );
    assert_eq!(impl_trait(&registry, 1, &|x| x).await, Ok("1?".to_owned()));
}

#[circuit_breaker("generic error", registry = registry)]
async fn generic_error<E: From<PolicyError>>(
    registry: &Registry,
    error: Option<E>,
) -> Result<u8, E> {
    error.map_or(Ok(1), Err)
}

#[tokio::test]
async fn generic_error_only_needs_the_conversion() {
    assert_eq!(generic_error::<ApiError>(&registry(), None).await, Ok(1));
}

#[circuit_breaker("opaque value", registry = registry)]
fn evens(registry: &Registry, limit: u8) -> Result<impl Iterator<Item = u8> + use<>, ApiError> {
    Ok((0..limit).filter(|n| n % 2 == 0))
}

#[circuit_breaker("opaque value", registry = registry)]
async fn async_evens(registry: &Registry, limit: u8) -> Result<impl Iterator<Item = u8>, ApiError> {
    Ok((0..limit).filter(|n| n % 2 == 0))
}

#[tokio::test]
async fn opaque_values_are_returned() {
    assert_eq!(
        evens(&registry(), 5).unwrap().collect::<Vec<_>>(),
        [0, 2, 4]
    );
    assert_eq!(async_evens(&registry(), 5).await.unwrap().count(), 3);
}

#[circuit_breaker("closure", registry = registry)]
fn closure<F>(registry: &Registry, f: F) -> Result<u8, ApiError>
where
    F: FnOnce() -> Result<u8, ApiError>,
{
    f()
}

#[test]
fn closure_arguments_are_called() {
    assert_eq!(closure(&registry(), || Ok(3)), Ok(3));
}

type ApiResult<T> = Result<T, ApiError>;

#[circuit_breaker("alias", registry = registry)]
async fn alias(registry: &Registry) -> ApiResult<u8> {
    Ok(1)
}

#[circuit_breaker("io", registry = registry, fallback = io_backup)]
fn io(registry: &Registry) -> std::io::Result<u8> {
    Err(std::io::Error::other("disk"))
}

fn io_backup(_: &Registry, failure: Failure<std::io::Error>) -> std::io::Result<u8> {
    assert_eq!(failure.to_string(), "disk");
    Ok(2)
}

#[circuit_breaker("boxed error", registry = registry)]
async fn boxed_error(
    registry: &Registry,
    ok: bool,
) -> Result<u8, Box<dyn std::error::Error + Send + Sync>> {
    if ok { Ok(3) } else { Err("no".into()) }
}

#[tokio::test]
async fn aliases_and_foreign_errors_are_results_too() {
    let registry = registry();
    assert_eq!(alias(&registry).await, Ok(1));
    assert_eq!(io(&registry).unwrap(), 2);
    assert_eq!(boxed_error(&registry, true).await.unwrap(), 3);
    open(&registry, "boxed error");
    assert!(
        boxed_error(&registry, false)
            .await
            .unwrap_err()
            .is::<PolicyError>()
    );
}

#[circuit_breaker("failure as error", registry = registry)]
async fn failure_as_error(registry: &Registry, ok: bool) -> Result<u8, Failure<String>> {
    if ok {
        Ok(1)
    } else {
        Err(Failure::Call("no".to_owned()))
    }
}

#[tokio::test]
async fn failure_itself_can_be_the_error() {
    let registry = registry();
    assert_eq!(failure_as_error(&registry, true).await, Ok(1));
    open(&registry, "failure as error");
    assert!(matches!(
        failure_as_error(&registry, true).await,
        Err(Failure::Policy(_))
    ));
}
