//! The body of a stream's answer.
//!
//! It is polled when the connection has room: what a reader does not take stays in a queue of a bounded
//! length, which loses the oldest. Nothing runs for it by itself, so that a reader who leaves takes all
//! of it along.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use futures_core::Stream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep};

use super::frame;
use super::source::Source;
use crate::admin::Shared;

pub(super) struct LiveEvents {
    source: Source,
    phase: Phase,
    /// Done when the service is about to end.
    ending: Pin<Box<dyn Future<Output = ()> + Send>>,
    heartbeat: Duration,
    silence: Pin<Box<Sleep>>,
    /// One of the streams that may be.
    _place: OwnedSemaphorePermit,
}

#[derive(PartialEq, Eq)]
enum Phase {
    Beginning,
    Live,
    Over,
}

impl LiveEvents {
    pub(super) fn new(source: Source, shared: &Shared, place: OwnedSemaphorePermit) -> Self {
        let mut is_ending = shared.is_ending.subscribe();
        Self {
            source,
            phase: Phase::Beginning,
            ending: Box::pin(async move {
                // An error says that nobody is left who could end it, and so that it is over.
                let _ = is_ending.wait_for(|is_ending| *is_ending).await;
            }),
            heartbeat: shared.heartbeat,
            silence: Box::pin(sleep(shared.heartbeat)),
            _place: place,
        }
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.phase == Phase::Beginning {
            self.phase = Phase::Live;
            return Poll::Ready(Some(frame::BEGINNING));
        }
        if self.ending.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        if let Poll::Ready(next) = self.source.poll_next(cx) {
            return Poll::Ready(next.map(|received| match received {
                Ok(event) => frame::of(&event),
                Err(lost) => frame::lost(lost.count),
            }));
        }
        self.silence.as_mut().poll(cx).map(|()| Some(frame::PING))
    }
}

impl Stream for LiveEvents {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.phase == Phase::Over {
            return Poll::Ready(None);
        }
        let next = self.poll_frame(cx);
        match &next {
            Poll::Ready(Some(_)) => {
                let again = Instant::now() + self.heartbeat;
                self.silence.as_mut().reset(again);
            }
            Poll::Ready(None) => self.phase = Phase::Over,
            Poll::Pending => {}
        }
        next.map(|frame| frame.map(Ok))
    }
}
