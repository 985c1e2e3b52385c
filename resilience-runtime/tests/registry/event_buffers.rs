//! Which instances keep their last events.

use resilience_runtime::configuration::Configuration;
use resilience_runtime::{CircuitBreaker, Policy, Registry};

fn configured(yaml: &str) -> Registry {
    Registry::builder()
        .configuration(Configuration::from_yaml_str(yaml).unwrap())
        .build()
}

fn kept_after(breaker: &CircuitBreaker, calls: usize) -> usize {
    for _ in 0..calls {
        let _ = breaker.call_blocking(|| Ok::<_, ()>(()));
    }
    breaker.buffered_events().len()
}

#[test]
fn an_instance_that_the_configuration_names_keeps_as_many_as_it_says() {
    let registry = configured(
        "
resilience4j.circuitbreaker.instances:
  payments: {}
  stock.eventConsumerBufferSize: 7
",
    );
    assert_eq!(kept_after(&registry.circuit_breaker("stock"), 150), 7);
    assert_eq!(kept_after(&registry.circuit_breaker("payments"), 150), 0);
    assert_eq!(kept_after(&registry.circuit_breaker("unnamed"), 150), 0);
}

#[test]
fn a_rate_limiter_keeps_none_unless_the_configuration_subscribes_for_them() {
    let registry = configured(
        "
resilience4j.ratelimiter.instances:
  search: {}
  orders.subscribeForEvents: true
",
    );
    for (name, kept) in [("search", 0), ("orders", 1)] {
        let limiter = registry.rate_limiter(name);
        limiter.try_acquire().unwrap();
        assert_eq!(limiter.buffered_events().len(), kept, "{name}");
    }
}

#[test]
fn a_reload_that_names_or_changes_it_takes_effect_and_one_that_says_the_same_does_not() {
    let registry =
        configured("resilience4j.circuitbreaker.instances.stock.eventConsumerBufferSize: 7");
    let (stock, payments) = (
        registry.circuit_breaker("stock"),
        registry.circuit_breaker("payments"),
    );
    let by_hand = registry.circuit_breaker("by hand");
    by_hand.buffer_events(50);
    let next = "
resilience4j.circuitbreaker.instances:
  stock.eventConsumerBufferSize: 3
  payments.eventConsumerBufferSize: 5
";
    registry
        .reload(Configuration::from_yaml_str(next).unwrap())
        .unwrap();
    assert_eq!(kept_after(&stock, 20), 3);
    assert_eq!(kept_after(&payments, 20), 5);
    assert_eq!(kept_after(&by_hand, 20), 20);

    stock.buffer_events(9);
    registry
        .reload(Configuration::from_yaml_str(next).unwrap())
        .unwrap();
    assert_eq!(kept_after(&stock, 20), 9);

    registry
        .reload(Configuration::from_yaml_str("resilience4j: {}").unwrap())
        .unwrap();
    assert_eq!(kept_after(&stock, 20), 0, "named no more, and not asked");
}

#[test]
fn who_asks_gets_those_of_instances_that_exist_and_that_are_made_later() {
    let registry =
        configured("resilience4j.circuitbreaker.instances.stock.eventConsumerBufferSize: 7");
    let (early, large) = (
        registry.circuit_breaker("early"),
        registry.circuit_breaker("large"),
    );
    large.buffer_events(30);
    registry.buffer_events(Policy::CircuitBreaker, 10);
    assert_eq!(kept_after(&early, 40), 10);
    assert_eq!(kept_after(&large, 40), 30, "what it was asked for itself");
    assert_eq!(kept_after(&registry.circuit_breaker("late"), 40), 10);
    assert_eq!(kept_after(&registry.circuit_breaker("stock"), 40), 7);
    let retry = registry.retry("early");
    let _ = retry.call_blocking(|| Err::<(), _>(()));
    assert!(retry.buffered_events().is_empty(), "nobody asked for them");
}

#[test]
fn an_instance_that_is_replaced_or_removed_begins_with_an_empty_buffer() {
    let registry = Registry::new();
    registry.buffer_events(Policy::CircuitBreaker, 10);
    let breaker = registry.circuit_breaker("payments");
    assert_eq!(kept_after(&breaker, 4), 4);
    registry
        .replace_circuit_breaker("payments", |config| config)
        .unwrap();
    assert_eq!(kept_after(&breaker, 2), 2);
    registry.remove_circuit_breaker("payments");
    assert!(breaker.buffered_events().is_empty());
    registry.circuit_breaker("payments");
    assert_eq!(kept_after(&breaker, 3), 3);
}
