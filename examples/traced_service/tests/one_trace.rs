//! The program exports its payments as one trace each, over both services.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use prost::Message;
use tokio::net::TcpListener;

/// A span as it was exported.
#[derive(Debug)]
struct Exported {
    service: String,
    trace: Vec<u8>,
    id: Vec<u8>,
    parent: Vec<u8>,
    name: String,
    began: u64,
    is_error: bool,
    attributes: BTreeMap<String, String>,
}

type Received = Arc<Mutex<Vec<Exported>>>;

fn attributes(of: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        Value::BoolValue(is_true) => is_true.to_string(),
        other => format!("{other:?}"),
    };
    of.iter()
        .map(|pair| {
            let value = pair.value.as_ref().and_then(|any| any.value.as_ref());
            (pair.key.clone(), value.map(text).unwrap_or_default())
        })
        .collect()
}

async fn receive(State(received): State<Received>, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    for of_service in request.resource_spans {
        let resource = attributes(&of_service.resource.unwrap().attributes);
        for span in of_service
            .scope_spans
            .into_iter()
            .flat_map(|scope| scope.spans)
        {
            received.lock().unwrap().push(Exported {
                service: resource["service.name"].clone(),
                trace: span.trace_id,
                id: span.span_id,
                parent: span.parent_span_id,
                name: span.name,
                began: span.start_time_unix_nano,
                is_error: span
                    .status
                    .is_some_and(|status| status.code == StatusCode::Error as i32),
                attributes: attributes(&span.attributes),
            });
        }
    }
}

/// What the program exports, by when the spans began.
fn exported() -> Vec<Exported> {
    let received = Received::default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/v1/traces", post(receive))
        .with_state(Arc::clone(&received));
    runtime.spawn(async { axum::serve(listener, router).await });
    let program = Command::new(env!("CARGO_BIN_EXE_traced_service"))
        .arg("--otlp")
        .arg(format!("http://{address}"))
        .env_remove("HTTP_PROXY")
        .env_remove("http_proxy")
        .env_remove("ALL_PROXY")
        .env_remove("all_proxy")
        .output()
        .unwrap();
    assert!(program.status.success(), "{program:?}");
    let said = String::from_utf8(program.stdout).unwrap();
    let of_open = "down: queued: circuit breaker 'bank' is OPEN";
    assert!(
        said.starts_with(&format!("fine: charged\nslow: charged\n{of_open}")),
        "{said}"
    );
    drop(runtime);
    let mut spans = std::mem::take(&mut *received.lock().unwrap());
    spans.sort_by_key(|span| span.began);
    spans
}

/// The spans of a trace as a tree, with what they say of the call.
fn grow(tree: &mut String, spans: &[&Exported], parent: &[u8], depth: usize) {
    for span in spans.iter().filter(|span| span.parent == parent) {
        write!(tree, "{:1$}{2} {3}", "", depth * 2, span.service, span.name).unwrap();
        for attribute in ["name", "attempt", "state", "outcome", "failure"] {
            if let Some(value) = span.attributes.get(attribute) {
                write!(tree, " {attribute}={value}").unwrap();
            }
        }
        tree.push_str(if span.is_error { " ERROR\n" } else { "\n" });
        grow(tree, spans, &span.id, depth + 1);
    }
}

#[test]
fn each_payment_is_one_trace_over_both_services() {
    let spans = exported();
    let trees: Vec<_> = ["fine", "slow", "down"]
        .iter()
        .map(|card| {
            let root = spans
                .iter()
                .find(|span| span.name == "GET /pay" && span.attributes["card"] == *card)
                .unwrap();
            let of_trace: Vec<_> = spans
                .iter()
                .filter(|span| span.trace == root.trace)
                .collect();
            let mut tree = String::new();
            grow(&mut tree, &of_trace, &[], 0);
            assert_eq!(
                tree.lines().count(),
                of_trace.len(),
                "all have their parents"
            );
            tree
        })
        .collect();
    assert_eq!(
        trees[0],
        "\
shop GET /pay
  shop retry name=bank outcome=success
    shop retry_attempt name=bank attempt=1 outcome=success
      shop circuit_breaker name=bank state=CLOSED outcome=success
        shop POST /charge
          bank POST /charge
"
    );
    assert_eq!(
        trees[1],
        "\
shop GET /pay
  shop retry name=bank outcome=success
    shop retry_attempt name=bank attempt=1 outcome=failure ERROR
      shop circuit_breaker name=bank state=CLOSED outcome=failure ERROR
        shop POST /charge
          bank POST /charge
    shop retry_attempt name=bank attempt=2 outcome=success
      shop circuit_breaker name=bank state=CLOSED outcome=success
        shop POST /charge
          bank POST /charge
"
    );
    assert_eq!(
        trees[2],
        "\
shop GET /pay
  shop retry name=bank outcome=failure ERROR
    shop retry_attempt name=bank attempt=1 outcome=failure ERROR
      shop circuit_breaker name=bank state=CLOSED outcome=failure ERROR
        shop POST /charge
          bank POST /charge
    shop retry_attempt name=bank attempt=2 outcome=failure ERROR
      shop circuit_breaker name=bank state=OPEN outcome=rejected ERROR
  shop fallback name=bank outcome=answered failure=circuit_open
    shop queue
"
    );
}
