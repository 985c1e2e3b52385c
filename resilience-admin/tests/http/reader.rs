//! Who reads a stream.

use std::time::Duration;

use reqwest::{Method, Response};

use crate::service::{Service, serve_with};

/// Long enough never to come while a test runs.
pub(crate) const SILENT: Duration = Duration::from_secs(3_600);

/// A reader of a stream, frame by frame.
pub(crate) struct Reader {
    response: Response,
    read: String,
}

impl Reader {
    pub(crate) async fn open(service: &Service, path: &str) -> Self {
        let response = service.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut reader = Self {
            response,
            read: String::new(),
        };
        // What has come here has been subscribed before.
        assert_eq!(reader.next().await.unwrap(), ": live events follow");
        reader
    }

    /// `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((frame, rest)) = self.read.split_once("\n\n") {
                let (frame, rest) = (frame.to_owned(), rest.to_owned());
                self.read = rest;
                return Some(frame);
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    pub(crate) async fn next_id(&mut self) -> String {
        let frame = self.next().await.unwrap();
        let id = frame.lines().find_map(|line| line.strip_prefix("id: "));
        id.unwrap_or_else(|| panic!("no id in {frame}")).to_owned()
    }
}

pub(crate) async fn silent() -> Service {
    serve_with(|registry| registry, |admin| admin.heartbeat(SILENT)).await
}

/// Waits, by asking, until no stream is open.
pub(crate) async fn all_left(service: &Service) {
    while service.admin.open_streams() > 0 {
        tokio::task::yield_now().await;
    }
}
