//! The other layers among gRPC's, and services of tonic's in them.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::Frame;
use http_body_util::StreamBody;
use resilience_tower::{
    BulkheadLayer, CircuitBreakerLayer, GrpcCircuitBreakerLayer, GrpcStatus, RateLimiterLayer,
};
use resilience4rs::{Clock, Registry, State};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Status};
use tower::{Layer, Service, ServiceBuilder, service_fn};

use crate::grpc::{answer, breaker, call, channel, counted, serve};

#[tokio::test]
async fn a_layer_around_the_breaker_answers_as_the_breaker_does() {
    let channel = channel(serve(None).await);
    let limiter = Registry::new()
        .rate_limiter_with("rates", |config| {
            config
                .limit_for_period(1)
                .limit_refresh_period(Duration::from_secs(3600))
                .timeout_duration(Duration::ZERO)
        })
        .unwrap();
    let client = ServiceBuilder::new()
        .layer(RateLimiterLayer::new(limiter).answering())
        .layer(GrpcCircuitBreakerLayer::new(breaker()).answering())
        .service(channel);

    assert!(call(client.clone(), "tail 0").await.is_ok());
    let refused = call(client, "tail 0").await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
}

#[tokio::test]
async fn a_stream_may_be_judged_when_it_has_begun() {
    let channel = channel(serve(None).await);
    let breaker = breaker();
    let client = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(breaker.clone()).classify(GrpcStatus::new()))
        .service(channel);

    let answers = call(client.clone(), "hang").await.unwrap();
    assert_eq!(counted(&breaker), (1, 0, 0));
    drop(answers);
    assert_eq!(counted(&breaker), (1, 0, 0));
    call(client, "head 14").await.unwrap_err();
    assert_eq!(counted(&breaker), (1, 1, 0));
}

/// As a generated server is: it has a name, by which a router finds it.
#[derive(Clone)]
struct Rates;

impl NamedService for Rates {
    const NAME: &'static str = "test.Rates";
}

impl Service<http::Request<Body>> for Rates {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(answer(request))
    }
}

#[tokio::test]
async fn a_router_of_tonics_takes_one_service_in_layers() {
    let breaker = breaker();
    let layers = ServiceBuilder::new()
        .layer(BulkheadLayer::new(Registry::new().bulkhead("rates")).answering())
        .layer(GrpcCircuitBreakerLayer::new(breaker.clone()).answering());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let channel = channel(listener.local_addr().unwrap());
    let server = Server::builder().add_service(layers.service(Rates));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));

    call(channel, "head 14").await.unwrap_err();
    assert_eq!(counted(&breaker), (0, 1, 0));
}

#[tokio::test]
async fn a_status_that_a_handler_made_of_a_full_bulkhead_is_not_the_backends() {
    let breaker = breaker();
    let bulkhead = Registry::new().bulkhead("rates");
    bulkhead.change_max_concurrent_calls(1);
    bulkhead.change_max_wait_duration(Duration::ZERO);
    let _place = bulkhead.try_acquire().unwrap();
    let full = Status::from(bulkhead.try_acquire().unwrap_err());

    let mut service = ServiceBuilder::new()
        .layer(GrpcCircuitBreakerLayer::new(breaker.clone()).answering())
        .service(service_fn(move |(): ()| {
            ready(Ok::<_, Infallible>(full.clone().into_http::<Body>()))
        }));
    let answered = service.call(()).await.unwrap();
    assert_eq!(answered.headers()["grpc-status"], "8");
    assert_eq!(counted(&breaker), (0, 0, 0));
}

/// A server whose only response has a body of these frames, as they come.
async fn serve_frames(frames: UnboundedReceiver<Result<Frame<Bytes>, &'static str>>) -> Channel {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let channel = channel(listener.local_addr().unwrap());
    let body = StreamBody::new(UnboundedReceiverStream::new(frames));
    let body = Arc::new(Mutex::new(Some(body)));
    let service = service_fn(move |_: http::Request<Body>| {
        let response = http::Response::builder().header("content-type", "application/grpc");
        let body = body.lock().unwrap().take().unwrap();
        ready(Ok::<_, Infallible>(response.body(body).unwrap()))
    });
    tokio::spawn(Server::builder().serve_with_incoming(service, TcpIncoming::from(listener)));
    channel
}

#[tokio::test]
async fn a_stream_that_breaks_off_or_ends_without_a_status_is_a_failure() {
    let breaker = breaker();
    let layer = GrpcCircuitBreakerLayer::new(breaker.clone()).answering();

    for (end, failed) in [(Some("broken"), 1), (None, 2)] {
        let (send, frames) = unbounded_channel();
        let client = layer.clone().layer(serve_frames(frames).await);
        send.send(Ok(Frame::data(Bytes::from_static(b"\0\0\0\0\x05first"))))
            .unwrap();
        let mut answers = call(client, "anything").await.unwrap();
        assert_eq!(answers.message().await.unwrap().unwrap(), "first");
        assert_eq!(counted(&breaker), (0, failed - 1, 0));

        if let Some(error) = end {
            send.send(Err(error)).unwrap();
        }
        drop(send);
        // What tonic makes of an end without a status is its own affair.
        let _ = answers.message().await;
        // The stream is not dropped yet, which would be a cancelled call.
        assert_eq!(counted(&breaker), (0, failed, 0));
    }
}

#[tokio::test]
async fn a_stream_is_a_probe_until_it_is_dropped() {
    let channel = channel(serve(None).await);
    let breaker = Registry::new()
        .circuit_breaker_with("rates", |config| {
            config
                .permitted_number_of_calls_in_half_open_state(1)
                .max_wait_duration_in_half_open_state(Duration::from_secs(3600))
        })
        .unwrap();
    breaker.transition_to_open().unwrap();
    breaker.transition_to_half_open().unwrap();
    let client = ServiceBuilder::new()
        .layer(GrpcCircuitBreakerLayer::new(breaker.clone()).answering())
        .service(channel);

    let probe = call(client.clone(), "hang").await.unwrap();
    let rejected = call(client.clone(), "head 5").await.unwrap_err();
    assert_eq!(rejected.code(), Code::Unavailable);
    drop(probe);
    assert_eq!(breaker.state(), State::HalfOpen);
    call(client, "head 5").await.unwrap_err();
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test]
async fn a_stream_that_is_dropped_past_the_threshold_of_slow_calls_is_a_failure() {
    let channel = channel(serve(None).await);
    let time = Clock::manual();
    let breaker = Registry::builder()
        .clock(&time)
        .build()
        .circuit_breaker_with("rates", |config| {
            config.slow_call_duration_threshold(Duration::from_secs(2))
        })
        .unwrap();
    let client = ServiceBuilder::new()
        .layer(GrpcCircuitBreakerLayer::new(breaker.clone()).answering())
        .service(channel);

    let answers = call(client, "hang").await.unwrap();
    time.advance(Duration::from_secs(3));
    drop(answers);
    assert_eq!(breaker.metrics().slow_failed_calls, 1);
}
