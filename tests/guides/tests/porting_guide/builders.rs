//! Options of builders, looked for among the methods that there are.

use std::fs;
use std::path::Path;

use guides::Status;

use crate::{mentions, rows, snake_case};

/// The methods of the builder of a policy.
fn methods(policy: &str) -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!(
        "../../resilience-runtime/src/{policy}/config_builder.rs"
    ));
    let source = fs::read_to_string(file).unwrap();
    source
        .split("pub fn ")
        .skip(1)
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        })
        .collect()
}

#[test]
fn a_builder_has_the_methods_that_its_rows_name() {
    for (list, policy) in [
        ("builder_circuitbreaker", "circuit_breaker"),
        ("builder_retry", "retry"),
        ("builder_ratelimiter", "rate_limiter"),
        ("builder_bulkhead", "bulkhead"),
        ("builder_thread-pool-bulkhead", "thread_pool_bulkhead"),
        ("builder_timelimiter", "time_limiter"),
    ] {
        let methods = methods(policy);
        for (row, status) in rows(list) {
            let name = snake_case(&row.name);
            let at = format!("line {}, `{}` of {list}", row.line, row.name);
            let has_it = methods.contains(&name);
            match status {
                Status::Same => {
                    assert!(has_it, "{at}: there is no such method");
                    assert!(mentions(row.said(), &name), "{at}: does not name it");
                }
                Status::Renamed => assert!(
                    methods.iter().any(|method| mentions(row.said(), method)),
                    "{at}: names no method that there is"
                ),
                Status::Replaced | Status::None => assert!(!has_it, "{at}: it is there"),
            }
        }
    }
}
