//! Servers on ports of this machine, and clocks that tests move.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use resilience4rs::{ManualClock, Retry, RetryEventKind};
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;

/// A port that nobody listens at.
pub(crate) async fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// Serves until the test is over.
pub(crate) async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A server that answers with these, one after another, and then with 200; and what it was asked.
pub(crate) struct Script {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

type Answers = (
    Arc<Mutex<VecDeque<Response<String>>>>,
    Arc<Mutex<Vec<String>>>,
);

impl Script {
    pub(crate) async fn of(answers: impl IntoIterator<Item = Response<String>>) -> Self {
        let answers = Arc::new(Mutex::new(answers.into_iter().collect()));
        let asked = Arc::default();
        let router = Router::new()
            .fallback(next)
            .with_state((answers, Arc::clone(&asked)));
        Self {
            address: serve(router).await,
            asked,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Method and body of each request.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn next(
    State((answers, asked)): State<Answers>,
    method: axum::http::Method,
    body: String,
) -> Response<String> {
    asked.lock().unwrap().push(format!("{method} {body}"));
    let next = answers.lock().unwrap().pop_front();
    next.unwrap_or_else(|| Response::new("served".to_owned()))
}

pub(crate) fn status(status: u16) -> Response<String> {
    let mut response = Response::new(String::new());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

pub(crate) fn with_header(
    mut response: Response<String>,
    name: &'static str,
    value: &str,
) -> Response<String> {
    response.headers_mut().insert(name, value.parse().unwrap());
    response
}

/// Moves the clock on by each wait of the retry, once it waits, and keeps the waits.
pub(crate) fn pass_waits(time: &ManualClock, retry: &Retry) -> Arc<Mutex<Vec<Duration>>> {
    let waits = Arc::new(Mutex::new(Vec::new()));
    let (begun, mut waiting) = unbounded_channel();
    retry.on_event(move |event| {
        if let RetryEventKind::Retry { wait, .. } = event.kind {
            begun.send(wait).unwrap();
        }
    });
    let (time, seen) = (time.clone(), Arc::clone(&waits));
    // On the only thread there is, this runs when the retry sleeps.
    tokio::spawn(async move {
        while let Some(wait) = waiting.recv().await {
            seen.lock().unwrap().push(wait);
            time.advance(wait);
        }
    });
    waits
}
