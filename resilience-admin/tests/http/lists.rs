//! The lists of names, and of links.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use reqwest::Method;

use crate::service::{Answer, serve, serve_with, spawn};

#[tokio::test]
async fn instances_are_listed_by_name() {
    let service = serve().await;
    let registry = &service.registry;
    for name in ["b", "a"] {
        registry.retry(name);
        registry.rate_limiter(name);
        registry.bulkhead(name);
        registry.time_limiter(name);
    }
    for name in ["c", "a"] {
        registry.thread_pool_bulkhead(name);
    }
    for (path, list) in [
        ("/retries", r#"{"retries":["a","b"]}"#),
        ("/ratelimiters", r#"{"rateLimiters":["a","b"]}"#),
        ("/bulkheads", r#"{"bulkheads":["a","a","b","c"]}"#),
        (
            "/threadpoolbulkheads",
            r#"{"threadPoolBulkheads":["a","c"]}"#,
        ),
        ("/timelimiters", r#"{"timeLimiters":["a","b"]}"#),
    ] {
        assert_eq!(service.read(path).await, list);
    }
}

#[tokio::test]
async fn the_links_lead_somewhere_wherever_the_router_is_nested() {
    let service = serve().await;
    let links = service.read("").await;
    let first = r#"{"_links":{"self":{"href":"/actuator","templated":false},"health":{"href":"/actuator/health","templated":false},"#;
    assert!(links.starts_with(first), "{links}");
    let templated =
        r#""circuitbreakers-name":{"href":"/actuator/circuitbreakers/{name}","templated":true}"#;
    assert!(links.contains(templated), "{links}");

    let parsed: serde_json::Value = serde_json::from_str(&links).unwrap();
    let mut followed = 0;
    for link in parsed["_links"].as_object().unwrap().values() {
        let href = link["href"].as_str().unwrap();
        if link["templated"] == false {
            let path = href.strip_prefix("/actuator").unwrap();
            let response = service.request(Method::GET, path).send().await.unwrap();
            assert_eq!(response.status(), 200, "{href}");
            followed += 1;
        }
    }
    assert_eq!(
        followed,
        5 + usize::from(cfg!(feature = "prometheus")) + 6 * 3,
        "of each kind a list, events and a stream"
    );

    let nested = axum::Router::new().nest("/tenants/{name}", service.admin.router());
    let (address, serving) = spawn(nested).await;
    let client = reqwest::Client::new();
    let get = async |path: &str| {
        let url = format!("http://{address}/tenants/one/actuator{path}");
        Answer::to(client.get(url)).await
    };
    let links = get("").await.body;
    assert!(
        links.contains(r#""href":"/tenants/one/actuator/health""#),
        "{links}"
    );
    service.registry.circuit_breaker("payments");
    assert_eq!(get("/circuitbreakers/payments").await.status, 200);
    serving.abort();
}

#[tokio::test]
async fn what_is_not_there_is_for_the_service_s_own_router_to_say() {
    let service = serve().await;
    let own = Router::new()
        .route("/actuator/info", get(async || "info"))
        .fallback(async || (StatusCode::NOT_FOUND, "nothing here"))
        .merge(service.admin.router());
    let (address, serving) = spawn(own).await;
    for (path, status, body) in [
        ("/actuator/info", 200, "info"),
        ("/actuator/nothing", 404, "nothing here"),
        ("/actuator/health/liveness", 200, r#"{"status":"UP"}"#),
    ] {
        let request = reqwest::Client::new().get(format!("http://{address}{path}"));
        let answer = Answer::to(request).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, body));
    }
    serving.abort();
}

#[tokio::test]
async fn the_base_path_is_as_one_wants_it() {
    for (base, path) in [
        ("/manage/", "/manage"),
        ("", ""),
        ("deep/down", "/deep/down"),
    ] {
        let service = serve_with(|registry| registry, |admin| admin.base_path(base)).await;
        let url = format!("http://{}{path}", service.address);
        for rest in ["/", "/health"] {
            let rest = if rest == "/" && !path.is_empty() {
                ""
            } else {
                rest
            };
            let answer = Answer::to(reqwest::Client::new().get(format!("{url}{rest}"))).await;
            assert_eq!(answer.status, 200, "{url}{rest}");
        }
    }
}

#[cfg(feature = "prometheus")]
#[tokio::test]
async fn metrics_are_those_of_the_registry_or_what_somebody_writes() {
    let service = serve().await;
    let payments = service.registry.circuit_breaker("payments");
    payments.call_blocking(|| Ok::<_, ()>(42)).unwrap();
    let text = service.get("/prometheus").await.body;
    let before_the_first_scrape = "\nresilience4j_circuitbreaker_calls_seconds_count{kind=\"successful\",name=\"payments\"} 1\n";
    assert!(text.contains(before_the_first_scrape), "{text}");
    let closed = "\nresilience4j_circuitbreaker_state{name=\"payments\",state=\"closed\"} 1\n";
    assert!(text.contains(closed), "{text}");

    let service = serve_with(
        |registry| registry,
        |admin| {
            admin.metrics(|registry| format!("breakers {}\n", registry.circuit_breakers().len()))
        },
    )
    .await;
    service.registry.circuit_breaker("payments");
    let answer = service.get("/prometheus").await;
    assert_eq!(answer.body, "breakers 1\n");
    assert_eq!(
        answer.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    assert!(service.read("").await.contains("/actuator/prometheus"));
}
