//! The service with a clock that stands still, and a client.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Client;
use reqwest::header::HeaderMap;
use resilience4rs::{Clock, ManualClock, Registry};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub(crate) const TOKEN: &str = "2f0c9e7d5b3a1f8e6d4c2b0a9f8e7d6c";

/// What a client is told of an open breaker, and of a full bulkhead.
pub(crate) const OPEN: &str = "the service does not take this call at the moment";
pub(crate) const FULL: &str = "there are too many calls at the same time";

/// So that a test fails that waits for what never comes. Nothing takes nearly as long.
const AT_MOST: Duration = Duration::from_secs(20);

pub(crate) struct Service {
    pub(crate) registry: Registry,
    pub(crate) time: ManualClock,
    pub(crate) client: Client,
    address: SocketAddr,
    serving: JoinHandle<()>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

pub(crate) async fn serve() -> Service {
    let time = Clock::manual();
    let configuration = spring_port::configuration().load().unwrap();
    let registry = spring_port::registry(configuration).clock(&time).build();
    let app = spring_port::app(&registry, Some(TOKEN)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    Service {
        registry,
        time,
        client: Client::builder().timeout(AT_MOST).build().unwrap(),
        address,
        serving: tokio::spawn(async move { axum::serve(listener, app).await.unwrap() }),
    }
}

impl Service {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A request that is under way.
    pub(crate) fn start(&self, path: &str) -> JoinHandle<Answer> {
        let request = self.client.get(self.url(path));
        tokio::spawn(async move {
            let response = request.send().await.unwrap();
            Answer {
                status: response.status().as_u16(),
                headers: response.headers().clone(),
                body: response.text().await.unwrap(),
            }
        })
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.start(path).await.unwrap()
    }

    /// The answer to a request that waits this often and this long, neither more nor less.
    pub(crate) async fn get_after(&self, waits: &[u64], path: &str) -> Answer {
        let others = self.time.timers();
        let request = self.start(path);
        for millis in waits {
            until(|| self.time.timers() > others).await;
            self.time.advance(Duration::from_millis(millis - 1));
            assert!(self.time.timers() > others, "{path} waits for {millis} ms");
            self.time.advance(Duration::from_millis(1));
        }
        request.await.unwrap()
    }

    /// What an endpoint of the actuator says.
    pub(crate) async fn actuator(&self, path: &str) -> Value {
        let answer = self.get(&format!("/actuator{path}")).await;
        serde_json::from_str(&answer.body).unwrap()
    }

    pub(crate) async fn state_of(&self, breaker: &str) -> String {
        let path = format!("/circuitbreakers/{breaker}");
        text(&self.actuator(&path).await["state"])
    }

    /// The types of what the actuator lists as events, the oldest first.
    pub(crate) async fn event_types(&self, list: &str, path: &str) -> Vec<String> {
        let events = self.actuator(path).await;
        let events = events[list].as_array().unwrap();
        events.iter().map(|event| text(&event["type"])).collect()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Answer {
    pub(crate) fn says(&self) -> (u16, &str) {
        (self.status, &self.body)
    }

    /// The status and the details of a problem.
    pub(crate) fn refuses(&self) -> (u16, String) {
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let problem: Value = serde_json::from_str(&self.body).unwrap();
        (self.status, text(&problem["detail"]))
    }

    pub(crate) fn retry_after(&self) -> Option<&str> {
        let value = self.headers.get("retry-after")?;
        Some(value.to_str().unwrap())
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Lets the service go on until something is as it should be.
pub(crate) async fn until(is_so: impl Fn() -> bool) {
    let becoming = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    timeout(AT_MOST, becoming).await.unwrap();
}
