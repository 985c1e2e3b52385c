//! Streams whose readers stall or leave, and streams that end.

use std::sync::Arc;

use resilience4rs::CircuitBreaker;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::reader::{Reader, SILENT, all_left, silent};
use crate::service::{Service, serve_with};

/// A reader who does not read, on a connection that holds little.
async fn stalled(service: &Service, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    let request = format!("GET /actuator{path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut first = [0];
    stream.read_exact(&mut first).await.unwrap();
    stream
}

fn reset_often(breaker: &CircuitBreaker, times: usize) {
    for _ in 0..times {
        breaker.reset();
    }
}

#[tokio::test]
async fn a_reader_who_stalls_loses_the_oldest_and_is_told_how_many() {
    const ROUNDS: usize = 400;
    const A_ROUND: usize = 100;
    let service = serve_with(
        |registry| registry,
        |admin| admin.heartbeat(SILENT).stream_capacity(8),
    )
    .await;
    let breaker = service.registry.circuit_breaker("payments");
    let mut stalled = stalled(&service, "/streamcircuitbreakerevents/payments").await;
    for _ in 0..ROUNDS {
        reset_often(&breaker, A_ROUND);
        // So that the server writes what the connection takes.
        tokio::task::yield_now().await;
    }
    breaker.transition_to_forced_open().unwrap();
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    let text = loop {
        let length = stalled.read(&mut buffer).await.unwrap();
        assert!(length > 0, "the stream does not end");
        read.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8_lossy(&read).into_owned();
        if text.contains("CLOSED_TO_FORCED_OPEN") {
            break text;
        }
    };
    let lost: u64 = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: {\"lost\":"))
        .map(|count| count.trim_end_matches('}').parse::<u64>().unwrap())
        .sum();
    let received = text.matches("event: RESET\n").count();
    assert!(lost > 0);
    let all = ROUNDS * A_ROUND;
    assert_eq!(
        received as u64 + lost,
        all as u64,
        "each was read or is counted as lost"
    );
}

#[tokio::test]
async fn readers_who_leave_take_their_streams_along() {
    let service = silent().await;
    let breaker = service.registry.circuit_breaker("payments");
    for path in [
        "/streamcircuitbreakerevents",
        "/streamcircuitbreakerevents/payments",
    ] {
        for _ in 0..20 {
            let mut reader = Reader::open(&service, path).await;
            assert_eq!(service.admin.open_streams(), 1);
            breaker.reset();
            assert_eq!(reader.next_id().await, "payments");
            drop(reader);
            all_left(&service).await;
            let stalled = stalled(&service, path).await;
            assert_eq!(service.admin.open_streams(), 1);
            drop(stalled);
            all_left(&service).await;
        }
    }
}

/// What is held of the events of a breaker is seen by who else holds its name.
#[tokio::test]
async fn a_reader_who_stalls_costs_a_bounded_number_of_events_and_nothing_once_he_has_left() {
    const CAPACITY: usize = 8;
    let service = serve_with(
        |registry| registry,
        |admin| {
            let admin = admin.heartbeat(SILENT).event_buffer_size(0);
            admin.stream_capacity(CAPACITY)
        },
    )
    .await;
    let breaker = service.registry.circuit_breaker("payments");
    let name = {
        let mut events = breaker.events();
        breaker.reset();
        events.next().await.unwrap().unwrap().name
    };
    let holders = Arc::strong_count(&name);
    reset_often(&breaker, 10);
    assert_eq!(Arc::strong_count(&name), holders, "nobody reads");
    for path in [
        "/streamcircuitbreakerevents",
        "/streamcircuitbreakerevents/payments",
    ] {
        let stalled = stalled(&service, path).await;
        reset_often(&breaker, 10_000);
        assert_eq!(Arc::strong_count(&name), holders + CAPACITY, "{path}");
        drop(stalled);
        all_left(&service).await;
        reset_often(&breaker, 10);
        assert_eq!(Arc::strong_count(&name), holders, "{path}");
    }
}

#[tokio::test]
async fn no_more_streams_are_open_than_may_be() {
    let service = serve_with(
        |registry| registry,
        |admin| admin.heartbeat(SILENT).max_streams(2),
    )
    .await;
    let path = "/streamcircuitbreakerevents";
    let first = Reader::open(&service, path).await;
    let _second = Reader::open(&service, path).await;
    let answer = service.get(path).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(
        service.get("/circuitbreakers").await.status,
        200,
        "others are answered"
    );
    drop(first);
    while service.admin.open_streams() > 1 {
        tokio::task::yield_now().await;
    }
    let _third = Reader::open(&service, path).await;
}

#[tokio::test]
async fn a_stream_ends_with_its_instance() {
    let service = silent().await;
    let breaker = service.registry.circuit_breaker("payments");
    let mut reader = Reader::open(&service, "/streamcircuitbreakerevents/payments/RESET").await;
    breaker.reset();
    service.registry.circuit_breaker("another");
    service.registry.remove_circuit_breaker("another");
    service.registry.remove_retry("payments");
    assert_eq!(reader.next_id().await, "payments");
    // Somebody still holds it.
    service.registry.remove_circuit_breaker("payments");
    assert_eq!(reader.next().await, None);
    all_left(&service).await;
    assert_eq!(breaker.name(), "payments");
}

#[tokio::test]
async fn a_stream_ends_with_its_instance_also_where_much_else_happens() {
    let service = silent().await;
    service.registry.circuit_breaker("payments");
    let mut reader = Reader::open(&service, "/streamcircuitbreakerevents/payments/RESET").await;
    service.registry.remove_circuit_breaker("payments");
    for number in 0..100 {
        service.registry.circuit_breaker(&number.to_string());
    }
    assert_eq!(reader.next().await, None);
}

#[tokio::test]
async fn all_streams_end_with_the_service() {
    let service = silent().await;
    let mut of_all = Reader::open(&service, "/streamcircuitbreakerevents").await;
    let mut of_retries = Reader::open(&service, "/streamretryevents").await;
    service.admin.end_streams();
    assert_eq!(of_all.next().await, None);
    assert_eq!(of_retries.next().await, None);
    all_left(&service).await;
    assert_eq!(service.get("/streamcircuitbreakerevents").await.status, 503);
}
