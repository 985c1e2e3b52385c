//! Watches the circuit breaker: tells the screen of each change, and the queue when to drain.

use std::sync::Arc;

use resilience4rs::{CircuitBreaker, CircuitBreakerEventKind, Registry, State};
use tokio::sync::watch;

use crate::screen::Screen;
use crate::service::POLICIES;

/// Follows the breaker's state from now on.
///
/// The attribute creates the breaker, with its settings, at the first call of the method. So this
/// comes after that call.
pub(crate) fn follow(screen: Arc<Screen>) -> watch::Receiver<State> {
    let breaker = Registry::global().circuit_breaker(POLICIES);
    let (sender, receiver) = watch::channel(breaker.state());
    let watched = breaker.clone();
    breaker.on_event(move |event| {
        if let CircuitBreakerEventKind::StateTransition { from, to } = event.kind {
            screen.breaker(to);
            screen.say(&format!("breaker: {from} -> {to}{}", why(to, &watched)));
            sender.send_replace(to);
        }
    });
    receiver
}

/// What made the breaker open. It goes on showing that while it is.
fn why(state: State, breaker: &CircuitBreaker) -> String {
    if state != State::Open {
        return String::new();
    }
    let metrics = breaker.metrics();
    format!(
        "  ({} of the last {} calls failed: {:.0} %)",
        metrics.failed_calls, metrics.buffered_calls, metrics.failure_rate
    )
}
