//! One call, between the task that waits for it and the thread that makes it.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use super::worker::{Job, Worker};
use crate::bulkhead::BulkheadEventKind;
use crate::failure::PolicyError;
use crate::layer::Layer;
use crate::parking::Parking;
use crate::sync::{Mutex, lock};
use crate::trace::Carried;

pub(super) struct Task<F, R> {
    progress: Mutex<Progress<F, R>>,
    /// Whose resources the body uses.
    #[cfg(feature = "tokio")]
    runtime: Option<tokio::runtime::Handle>,
    /// In whose span the body runs.
    carried: Carried,
}

struct Progress<F, R> {
    stage: Stage<F, R>,
    /// Of the task that waits.
    waker: Waker,
}

enum Stage<F, R> {
    /// For a thread.
    Waiting(F),
    /// On the thread that waits at this.
    Running(Arc<Parking>),
    Done(Ended<R>),
    /// The caller is gone, or has got what it waited for.
    Over,
}

/// How a body ended: with a panic, or as a layer does.
pub(super) type Ended<R> = thread::Result<Result<R, PolicyError>>;

impl<F, R> Task<F, R> {
    pub(super) fn new(body: F, waker: Waker) -> Self {
        Self {
            progress: Mutex::new(Progress {
                stage: Stage::Waiting(body),
                waker,
            }),
            #[cfg(feature = "tokio")]
            runtime: tokio::runtime::Handle::try_current().ok(),
            carried: Carried::from_here(),
        }
    }

    pub(super) fn poll_end(&self, cx: &mut Context<'_>) -> Poll<Ended<R>> {
        // Outside the lock, as is everything that is dropped here: it is somebody else's code.
        let waker = cx.waker().clone();
        let mut progress = lock(&self.progress);
        if let Stage::Done(_) = progress.stage {
            let stage = mem::replace(&mut progress.stage, Stage::Over);
            drop(progress);
            if let Stage::Done(ended) = stage {
                return Poll::Ready(ended);
            }
        } else {
            let former = mem::replace(&mut progress.waker, waker);
            drop(progress);
            drop(former);
        }
        Poll::Pending
    }

    /// The caller is gone: a body that waits is dropped here, one that runs on its thread.
    pub(super) fn cancel(&self) {
        // A statement of its own, so that the lock is free again when the body is dropped.
        let stage = mem::replace(&mut lock(&self.progress).stage, Stage::Over);
        if let Stage::Running(parking) = stage {
            parking.wake_by_ref();
        }
    }

    /// The body, for this thread, unless the caller is gone.
    fn begin(&self, parking: &Arc<Parking>) -> Option<F> {
        let mut progress = lock(&self.progress);
        let running = Stage::Running(Arc::clone(parking));
        match mem::replace(&mut progress.stage, running) {
            Stage::Waiting(body) => Some(body),
            other => {
                progress.stage = other;
                None
            }
        }
    }

    fn is_cancelled(&self) -> bool {
        matches!(lock(&self.progress).stage, Stage::Over)
    }

    /// Tells the caller, unless it is gone.
    fn hand_over(&self, ended: Ended<R>) {
        let mut progress = lock(&self.progress);
        if let Stage::Running(_) = progress.stage {
            progress.stage = Stage::Done(ended);
            let waker = mem::replace(&mut progress.waker, Waker::noop().clone());
            drop(progress);
            waker.wake();
        } else {
            drop(progress);
            drop(ended);
        }
    }
}

impl<F, R> Task<F, R>
where
    F: Layer<Output = R>,
{
    /// Polls the body until it is done; `None` when the caller goes meanwhile.
    fn drive(&self, body: F, parking: &Arc<Parking>) -> Option<Result<R, PolicyError>> {
        let mut body = pin!(body);
        let waker = parking.waker();
        let mut cx = Context::from_waker(&waker);
        loop {
            // Between two polls, so that whoever cancels need not wait for one.
            if self.is_cancelled() {
                return None;
            }
            if let Poll::Ready(result) = body.as_mut().poll_to(&mut cx, |result| result) {
                return Some(result);
            }
            parking.wait();
        }
    }
}

impl<F, R> Job for Task<F, R>
where
    F: Layer<Output = R> + Send,
    R: Send,
{
    fn run(&self, worker: &Worker) {
        let pool = &worker.pool;
        let Some(body) = self.begin(&worker.parking) else {
            pool.thread_is_free();
            return;
        };
        pool.announce(BulkheadEventKind::CallPermitted);
        // The body is dropped in there as well. A panic goes on where the caller waits, or else has
        // been reported by its hook.
        let ended = catch_unwind(AssertUnwindSafe(|| {
            #[cfg(feature = "tokio")]
            let _entered = self.runtime.as_ref().map(tokio::runtime::Handle::enter);
            self.carried.within(|| self.drive(body, &worker.parking))
        }));
        let ended = ended.transpose();
        if ended.is_some() {
            pool.announce(BulkheadEventKind::CallFinished);
        }
        pool.thread_is_free();
        if let Some(ended) = ended {
            // An outcome that nobody waits for, or a waker, may panic, and the thread goes on.
            drop(catch_unwind(AssertUnwindSafe(|| self.hand_over(ended))));
        }
    }
}
