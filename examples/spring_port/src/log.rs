//! Java's `RegistryEventConsumer`, which had each breaker log its transitions.

use resilience4rs::{CircuitBreakerEventKind, Registry};

/// Hands a line to `log` for each transition of each breaker, until the registry is gone.
pub async fn log_transitions(registry: Registry, mut log: impl FnMut(&str)) {
    let mut events = registry.circuit_breaker_events(256);
    drop(registry);
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => {
                if let CircuitBreakerEventKind::StateTransition { .. } = event.kind {
                    log(&event.to_string());
                }
            }
            Err(lost) => log(&lost.to_string()),
        }
    }
}
