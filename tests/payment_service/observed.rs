//! The example as a Prometheus server sees it, through an outage.

use std::fmt;
use std::fs;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::program::{Program, sample};

/// Longer than anything takes here that comes at all.
const PATIENCE: Duration = Duration::from_secs(120);

/// Every query of Resilience4j's Grafana dashboard, its variables at what somebody would choose.
const DASHBOARD: &[&str] = &[
    // Variables.
    "resilience4j_circuitbreaker_state",
    "resilience4j_retry_calls_total",
    "resilience4j_bulkhead_available_concurrent_calls",
    // Summary.
    r#"sum(resilience4j_circuitbreaker_state{state="closed"})"#,
    r#"sum(resilience4j_circuitbreaker_state{state=~"open|forced_open"})"#,
    r#"resilience4j_circuitbreaker_state{instance=~".*"}"#,
    r#"sum(resilience4j_circuitbreaker_state{state="half_open"})"#,
    // Circuit breaker.
    r#"resilience4j_circuitbreaker_failure_rate{instance=~".*",name=~"paymentService"}"#,
    r#"rate(resilience4j_circuitbreaker_calls_seconds_count{instance=~".*",name=~"paymentService"}[1m])"#,
    r#"resilience4j_circuitbreaker_buffered_calls{instance=~".*",name=~"paymentService"}"#,
    r#"resilience4j_circuitbreaker_max_buffered_calls{instance=~".*",name=~"paymentService"}"#,
    r#"increase(resilience4j_circuitbreaker_calls_seconds_sum{instance=~".*",name=~"paymentService"}[1m]) / increase(resilience4j_circuitbreaker_calls_seconds_count{instance=~".*",name=~"paymentService"}[1m])"#,
    r#"sum(increase(resilience4j_circuitbreaker_calls_seconds_sum{instance=~".*",name=~"paymentService"}[1m])) / sum(increase(resilience4j_circuitbreaker_calls_seconds_count{instance=~".*",name=~"paymentService"}[1m]))"#,
    // Retry.
    r#"rate(resilience4j_retry_calls_total{application=~"payment_service",name=~"paymentService",}[1m])"#,
    // Bulkhead.
    r#"resilience4j_bulkhead_available_concurrent_calls{application=~"payment_service",name=~"paymentService"}"#,
    r#"resilience4j_bulkhead_max_allowed_concurrent_calls{application=~"payment_service",name=~"paymentService"}"#,
];

/// What must have happened by the end of the run, as a query that has an answer only if it has.
const OUTAGE: &[&str] = &[
    // It is open for half a second at a time, which a scrape may miss; the counters below do not.
    r#"resilience4j_circuitbreaker_state{state="closed"} == 1"#,
    "resilience4j_circuitbreaker_not_permitted_calls_total > 0",
    r#"resilience4rs_circuitbreaker_transitions_total{cause="failure_rate",from="closed",to="open"} == 1"#,
    r#"resilience4rs_circuitbreaker_state_seconds_total{state="open"} > 0"#,
    // One outcome for each call.
    "sum(resilience4rs_circuitbreaker_outcomes_total) == sum(resilience4rs_circuitbreaker_started_calls_total)",
];

/// A text in the query of a URL.
struct Encoded<'a>(&'a str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.bytes().try_for_each(|byte| write!(f, "%{byte:02X}"))
    }
}

/// Ends with the test, however that ends.
struct Prometheus {
    server: Child,
    address: String,
    client: reqwest::Client,
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Prometheus {
    fn scraping(target: &str, directory: &std::path::Path) -> Self {
        let config = directory.join("prometheus.yml");
        fs::write(
            &config,
            format!(
                "global: {{scrape_interval: 1s}}\n\
                 scrape_configs:\n\
                 - job_name: payment_service\n  metrics_path: /actuator/prometheus\n  \
                   static_configs: [{{targets: ['{target}']}}]\n"
            ),
        )
        .unwrap();
        // It takes no port of the system's choice.
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let server = Command::new("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--web.listen-address={address}"))
            .arg(format!(
                "--storage.tsdb.path={}",
                directory.join("data").display()
            ))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("cannot start `prometheus`: {error}; `cargo xtask test` installs it")
            });
        Self {
            server,
            address,
            client: reqwest::Client::new(),
        }
    }

    /// What it answers: nothing where it is not up yet, or has no data.
    async fn ask(&self, query: &str) -> Vec<Value> {
        let query_text = Encoded(query);
        let url = format!("http://{}/api/v1/query?query={query_text}", self.address);
        let Ok(answer) = self.client.get(url).send().await else {
            return Vec::new();
        };
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["status"], "success", "{query}: {answer}");
        answer["data"]["result"].as_array().unwrap().clone()
    }

    /// Asks until every one of the queries has had an answer.
    async fn answer_all(&self, queries: &[&str]) {
        for query in queries {
            let answered = async {
                while self.ask(query).await.is_empty() {
                    // Nothing tells when a scrape is done.
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            };
            let in_time = tokio::time::timeout(PATIENCE, answered).await;
            assert!(in_time.is_ok(), "no data for {query}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "needs the server of Prometheus: `cargo xtask test` installs it and runs this"]
async fn a_prometheus_server_sees_the_outage_and_every_panel_of_the_dashboard_has_data() {
    let program = Program::with_input(&fs::read(sample()).unwrap());
    let mut running = program.start_with(&["--over", "8", "--serve", "127.0.0.1:0"]);
    let lines = running.lines();
    let address = loop {
        let line = lines.recv_timeout(PATIENCE).unwrap();
        if let Some((_, rest)) = line.split_once("serving http://") {
            break rest.split('/').next().unwrap().to_owned();
        }
    };
    let directory = tempfile::tempdir().unwrap();
    let prometheus = Prometheus::scraping(&address, directory.path());
    prometheus.answer_all(DASHBOARD).await;

    let ledger = loop {
        let line = lines.recv_timeout(PATIENCE).unwrap();
        if let Some(orders) = line.trim().strip_prefix("let through by the breaker") {
            break orders.trim().parse::<u64>().unwrap();
        }
    };
    prometheus.answer_all(OUTAGE).await;
    let counted = format!("sum(resilience4j_circuitbreaker_calls_seconds_count) == {ledger}");
    prometheus.answer_all(&[&counted]).await;
    // Nothing that it served has harmed the scrape.
    prometheus.answer_all(&["up == 1"]).await;
}
