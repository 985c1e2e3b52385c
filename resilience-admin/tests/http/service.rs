//! A service with the endpoints, and a client.

use std::net::SocketAddr;
use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use reqwest::{Client, Method, RequestBuilder};
use resilience_admin::{Admin, AdminBuilder, BearerTokens};
use resilience4rs::{ManualClock, Registry, RegistryBuilder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the registry's clock begins with, and how the endpoints write it.
pub(crate) const START_MILLIS: u64 = 1_777_965_857_123;
pub(crate) const START: &str = "2026-05-05T07:24:17.123Z[UTC]";

pub(crate) const TOKEN: &str = "2f0c9e7d5b3a1f8e6d4c2b0a9f8e7d6c";

pub(crate) struct Service {
    pub(crate) registry: Registry,
    pub(crate) admin: Admin,
    pub(crate) time: ManualClock,
    pub(crate) address: SocketAddr,
    client: Client,
    serving: JoinHandle<()>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

pub(crate) fn alice() -> BearerTokens {
    BearerTokens::new("alice", TOKEN).unwrap()
}

/// As [`serve_with`], and nothing set up.
pub(crate) async fn serve() -> Service {
    serve_with(|registry| registry, |admin| admin).await
}

pub(crate) async fn serve_with(
    registry: impl FnOnce(RegistryBuilder) -> RegistryBuilder,
    admin: impl FnOnce(AdminBuilder) -> AdminBuilder,
) -> Service {
    let time = ManualClock::starting_at(UNIX_EPOCH + Duration::from_millis(START_MILLIS));
    let registry = registry(Registry::builder().clock(&time)).build();
    let admin = admin(Admin::builder(&registry)).build();
    let (address, serving) = spawn(admin.router()).await;
    Service {
        registry,
        admin,
        time,
        address,
        client: Client::new(),
        serving,
    }
}

pub(crate) async fn spawn(router: Router) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (address, serving)
}

impl Service {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}/actuator{path}", self.address);
        self.client.request(method, url)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    /// The body of what is there.
    pub(crate) async fn read(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/json");
        answer.body
    }

    pub(crate) async fn update(&self, name: &str, body: &str) -> Answer {
        let path = format!("/circuitbreakers/{name}");
        let request = self
            .request(Method::POST, &path)
            .bearer_auth(TOKEN)
            .header("content-type", "application/json")
            .body(body.to_owned());
        Answer::to(request).await
    }

    /// Sends these very bytes, and has all that comes before the connection ends.
    pub(crate) async fn send_raw(&self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        Answer::parse(&String::from_utf8(bytes).unwrap())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Answer {
    pub(crate) async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap(),
        }
    }

    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.parse().unwrap(), value.parse().unwrap())
        });
        Self {
            status: status.parse().unwrap(),
            headers: headers.collect(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }
}
