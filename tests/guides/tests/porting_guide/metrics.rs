//! Metrics, asked of the exporter.

use guides::Status;
use resilience4rs::{Registry, prometheus_text};

use crate::rows;

/// A registry with an instance of each policy.
fn page() -> String {
    let registry = Registry::builder().metrics(true).build();
    registry.circuit_breaker("a");
    registry.retry("a");
    registry.rate_limiter("a");
    registry.bulkhead("a");
    registry.thread_pool_bulkhead("a");
    registry.time_limiter("a");
    prometheus_text(&registry)
}

#[test]
fn a_meter_is_on_the_page_as_its_row_says() {
    let page = page();
    let has = |name: &str| {
        page.lines().any(|line| {
            line.strip_prefix("# TYPE ")
                .and_then(|rest| rest.split(' ').next())
                == Some(name)
        })
    };
    for (row, status) in rows("metrics") {
        let at = format!("line {}, {}", row.line, row.name);
        let plain = row.name.replace('.', "_");
        let ends = ["", "_total", "_seconds"];
        let found = ends
            .map(|end| format!("{plain}{end}"))
            .into_iter()
            .find(|name| has(name));
        match status {
            Status::Same => {
                let name = found.unwrap_or_else(|| panic!("{at}: it is not on the page"));
                let said = row.said().split('`').nth(1).unwrap_or_default();
                assert_eq!(said, name, "{at}");
            }
            _ => assert_eq!(found, None, "{at}"),
        }
    }
}

#[test]
fn what_takes_the_place_of_a_metric_of_dropwizard_is_on_the_page() {
    let page = page();
    for (row, status) in rows("metrics_dropwizard") {
        assert_eq!(status, Status::Replaced, "{}", row.name);
        let names: Vec<_> = row.said().split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "{}", row.name);
        for name in names {
            let (name, label) = name.split_once('{').unwrap_or((name, ""));
            let label = label.trim_end_matches('}');
            assert!(
                page.lines()
                    .any(|line| { line.starts_with(&format!("{name}{{")) && line.contains(label) }),
                "line {}, {}: `{name}` with `{label}` is not on the page",
                row.line,
                row.name
            );
        }
    }
}
