//! tonic's server and client, without protobuf: a message is a text.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, BufMut};
use http::uri::PathAndQuery;
use resilience_tower::GrpcCircuitBreakerLayer;
use resilience4rs::{CircuitBreaker, Clock, Registry, State};
use tokio::net::TcpListener;
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Code, Request, Response, Status, Streaming};
use tower::{Service, ServiceBuilder, service_fn};

use crate::serving::closed_port;

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Text;

impl Codec for Text {
    type Encode = String;
    type Decode = String;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Text {
    type Item = String;
    type Error = Status;

    fn encode(&mut self, text: String, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put_slice(text.as_bytes());
        Ok(())
    }
}

impl Decoder for Text {
    type Item = String;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<String>, Status> {
        let mut text = vec![0; from.remaining()];
        from.copy_to_slice(&mut text);
        Ok(Some(String::from_utf8(text).unwrap()))
    }
}

type Answers = Pin<Box<dyn Stream<Item = Result<String, Status>> + Send>>;

/// What the request's text asks for: `head CODE` fails at once, so that the status is in the head of the
/// response; `tail CODE` sends a message first, so that it is in the trailers; `hang` sends one, and
/// then nothing.
#[derive(Debug, Clone)]
struct Asked;

impl Service<Request<String>> for Asked {
    type Response = Response<Answers>;
    type Error = Status;
    type Future = std::future::Ready<Result<Self::Response, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<String>) -> Self::Future {
        let text = request.into_inner();
        let (place, code) = text.split_once(' ').unwrap_or((&text, "0"));
        let status = Status::new(Code::from_bytes(code.as_bytes()), "as asked");
        let first = tokio_stream::once(Ok("first".to_owned()));
        ready(match (place, status.code()) {
            ("head", _) => Err(status),
            ("hang", _) => Ok(Response::new(Box::pin(first.chain(Hangs)))),
            (_, Code::Ok) => Ok(Response::new(Box::pin(first))),
            _ => Ok(Response::new(Box::pin(
                first.chain(tokio_stream::once(Err(status))),
            ))),
        })
    }
}

struct Hangs;

impl Stream for Hangs {
    type Item = Result<String, Status>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Pending
    }
}

pub(crate) async fn answer(
    request: http::Request<Body>,
) -> Result<http::Response<Body>, Infallible> {
    let mut grpc = tonic::server::Grpc::new(Text);
    Ok(grpc.server_streaming(Asked, request).await)
}

/// A server, in this breaker if there is one.
pub(crate) async fn serve(breaker: Option<&CircuitBreaker>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let incoming = TcpIncoming::from(listener);
    let service = service_fn(answer);
    let serving: Pin<Box<dyn Future<Output = _> + Send>> = match breaker {
        None => Box::pin(Server::builder().serve_with_incoming(service, incoming)),
        Some(breaker) => {
            let layer = GrpcCircuitBreakerLayer::new(breaker.clone()).answering();
            Box::pin(
                Server::builder()
                    .layer(layer)
                    .serve_with_incoming(service, incoming),
            )
        }
    };
    tokio::spawn(serving);
    address
}

pub(crate) fn channel(address: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{address}"))
        .unwrap()
        .connect_lazy()
}

/// Calls through the service as tonic's generated clients do.
pub(crate) async fn call<S, B>(service: S, text: &str) -> Result<Streaming<String>, Status>
where
    S: Service<
            http::Request<Body>,
            Response = http::Response<B>,
            Error: Into<resilience_tower::BoxError>,
        >,
    B: http_body::Body<Data = bytes::Bytes, Error: Into<resilience_tower::BoxError>>
        + Send
        + 'static,
{
    let mut client = tonic::client::Grpc::new(service);
    client
        .ready()
        .await
        .map_err(|error| Status::unknown(error.into().to_string()))?;
    let path = PathAndQuery::from_static("/test.Rates/Get");
    let request = Request::new(text.to_owned());
    Ok(client
        .server_streaming(request, path, Text)
        .await?
        .into_inner())
}

pub(crate) fn breaker() -> CircuitBreaker {
    Registry::new()
        .circuit_breaker_with("rates", |config| config.sliding_window_size(4))
        .unwrap()
}

pub(crate) fn counted(breaker: &CircuitBreaker) -> (u64, u64, u64) {
    let metrics = breaker.metrics();
    (
        metrics.successful_calls,
        metrics.failed_calls,
        metrics.cancelled_calls,
    )
}

#[tokio::test]
async fn a_status_in_the_trailers_counts_when_it_comes() {
    let channel = channel(serve(None).await);
    let breaker = breaker();
    let client = ServiceBuilder::new()
        .layer(GrpcCircuitBreakerLayer::new(breaker.clone()).answering())
        .service(channel);

    for (text, code, expected) in [
        ("tail 0", Code::Ok, (1, 0, 0)),
        ("tail 14", Code::Unavailable, (1, 1, 0)),
        ("tail 5", Code::NotFound, (2, 1, 0)),
    ] {
        let before = counted(&breaker);
        let mut answers = call(client.clone(), text).await.unwrap();
        assert_eq!(answers.message().await.unwrap().unwrap(), "first");
        if code != Code::Ok {
            assert_eq!(counted(&breaker), before, "{text}: the call goes on");
        }
        let end = answers.message().await;
        assert_eq!(
            end.map_or_else(|status| status.code(), |_| Code::Ok),
            code,
            "{text}"
        );
        assert_eq!(counted(&breaker), expected, "{text}");
    }
}

#[tokio::test]
async fn a_status_in_the_head_counts_at_once_and_opens_the_breaker() {
    let channel = channel(serve(None).await);
    let breaker = breaker();
    let client = ServiceBuilder::new()
        .layer(GrpcCircuitBreakerLayer::new(breaker.clone()).answering())
        .service(channel);

    for text in ["head 5", "head 13", "head 8", "head 2"] {
        assert_eq!(breaker.state(), State::Closed, "before {text}");
        call(client.clone(), text).await.unwrap_err();
    }
    assert_eq!(breaker.state(), State::Open, "two of four failed");
    let rejected = call(client, "tail 0").await.unwrap_err();
    assert_eq!(rejected.code(), Code::Unavailable);
    assert!(rejected.metadata().contains_key("grpc-retry-pushback-ms"));
}

#[tokio::test]
async fn a_stream_that_is_dropped_is_a_call_that_is_cancelled() {
    let channel = channel(serve(None).await);
    let breaker = breaker();
    let client = ServiceBuilder::new()
        .layer(GrpcCircuitBreakerLayer::new(breaker.clone()))
        .service(channel);

    let mut answers = call(client, "hang").await.unwrap();
    assert_eq!(answers.message().await.unwrap().unwrap(), "first");
    assert_eq!(counted(&breaker), (0, 0, 0));
    drop(answers);
    assert_eq!(counted(&breaker), (0, 0, 1));
}

#[tokio::test]
async fn a_refused_connection_is_a_failure() {
    let breaker = breaker();
    let client = ServiceBuilder::new()
        .layer(GrpcCircuitBreakerLayer::new(breaker.clone()))
        .service(channel(closed_port().await));
    call(client, "tail 0").await.unwrap_err();
    assert_eq!(counted(&breaker), (0, 1, 0));
}

#[tokio::test]
async fn a_server_counts_its_own_statuses_and_answers_when_it_is_open() {
    let time = Clock::manual();
    let breaker = Registry::builder()
        .clock(&time)
        .build()
        .circuit_breaker_with("rates", |config| {
            config
                .sliding_window_size(2)
                .wait_duration_in_open_state(Duration::from_millis(1500))
        })
        .unwrap();
    let channel = channel(serve(Some(&breaker)).await);

    let mut answers = call(channel.clone(), "tail 15").await.unwrap();
    while answers
        .message()
        .await
        .is_ok_and(|message| message.is_some())
    {}
    call(channel.clone(), "head 14").await.unwrap_err();
    assert_eq!(breaker.state(), State::Open);

    let rejected = call(channel, "tail 0").await.unwrap_err();
    assert_eq!(rejected.code(), Code::Unavailable);
    assert_eq!(
        rejected.metadata().get("grpc-retry-pushback-ms").unwrap(),
        "1500"
    );
    assert!(!rejected.message().contains("rates"), "{rejected}");
}
