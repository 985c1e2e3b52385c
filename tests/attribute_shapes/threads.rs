//! Threads.

use super::*;

#[circuit_breaker("not send", registry = registry)]
async fn not_send(registry: &Registry, value: std::rc::Rc<u8>) -> Result<u8, ApiError> {
    tokio::task::yield_now().await;
    Ok(*value)
}

#[tokio::test]
async fn body_that_is_not_send_stays_usable() {
    assert_eq!(not_send(&registry(), std::rc::Rc::new(1)).await, Ok(1));
}

#[circuit_breaker("send not sync", registry = registry, fallback = cell_backup)]
async fn cell(registry: Arc<Registry>, value: std::cell::Cell<u8>) -> Result<u8, ApiError> {
    tokio::task::yield_now().await;
    Ok(value.get())
}

fn cell_backup(
    _: Arc<Registry>,
    value: std::cell::Cell<u8>,
    _: Failure<ApiError>,
) -> Result<u8, ApiError> {
    Ok(value.get())
}

#[tokio::test]
async fn future_can_be_spawned_when_the_body_could() {
    let task = tokio::spawn(cell(Arc::new(registry()), std::cell::Cell::new(1)));
    assert_eq!(task.await.unwrap(), Ok(1));
}
