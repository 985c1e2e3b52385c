//! Calls on a thread of the pool: what the attributes expand to, and `call` and its like with them.

use std::fmt;
use std::mem;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::ThreadPoolBulkhead;
use super::pool::Ticket;
use super::task::Task;
use super::worker::Job;
use crate::failure::PolicyError;
use crate::layer::Layer;
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::trace::{CallSpan, Ending};

/// A call whose body is polled on a thread of the pool. It is submitted when it is first polled, and
/// withdrawn when it is dropped.
pub(crate) struct Pooled<'a, F, R> {
    bulkhead: &'a ThreadPoolBulkhead,
    progress: Progress<F, R>,
    span: CallSpan,
}

enum Progress<F, R> {
    NotBegun(F),
    Submitted(Ticket, Arc<Task<F, R>>),
    Over,
}

impl<'a, F, R> Pooled<'a, F, R> {
    pub(crate) fn new(bulkhead: &'a ThreadPoolBulkhead, body: F) -> Self {
        Self {
            bulkhead,
            progress: Progress::NotBegun(body),
            span: CallSpan::new(),
        }
    }
}

/// The body is not polled in here, and so need not be pinned.
impl<F, R> Unpin for Pooled<'_, F, R> {}

impl<F, R> Layer for Pooled<'_, F, R>
where
    F: Layer<Output = R> + Send + 'static,
    R: Outcome + Send + 'static,
{
    type Output = R;
    type Outcome = Result<R, PolicyError>;

    fn poll_layer(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Outcome> {
        let this = self.get_mut();
        match mem::replace(&mut this.progress, Progress::Over) {
            Progress::NotBegun(body) => {
                let name = || this.bulkhead.name();
                let scope = CallSpan::begin_within(Policy::ThreadPoolBulkhead, name);
                // Outside the pool's lock: its code is not ours, and may use the bulkhead.
                let waker = cx.waker().clone();
                let mut submitted = None;
                let ticket = this.bulkhead.pool().submit(|| {
                    let task = Arc::new(Task::new(body, waker));
                    submitted = Some(Arc::clone(&task));
                    task as Arc<dyn Job>
                });
                match (ticket, submitted) {
                    (Ok(ticket), Some(task)) => {
                        this.span = scope.leave();
                        this.progress = Progress::Submitted(ticket, task);
                        Poll::Pending
                    }
                    (Err(full), _) => {
                        scope.end(|| Ending::Rejected(full.clone()));
                        Poll::Ready(Err(full))
                    }
                    (Ok(_), None) => unreachable!("whatever is accepted has been made"),
                }
            }
            Progress::Submitted(ticket, task) => match task.poll_end(cx) {
                Poll::Ready(Ok(outcome)) => {
                    this.span.end(|| Ending::of_outcome(outcome.as_ref()));
                    Poll::Ready(outcome)
                }
                Poll::Ready(Err(panic)) => {
                    // Unwound through, it says that the call has panicked.
                    let _scope = this.span.take().enter();
                    resume_unwind(panic)
                }
                Poll::Pending => {
                    this.progress = Progress::Submitted(ticket, task);
                    Poll::Pending
                }
            },
            Progress::Over => panic!("a call was polled after it was done"),
        }
    }

    fn look_at(outcome: &Self::Outcome) -> Result<&R, &PolicyError> {
        outcome.as_ref()
    }

    fn result_of(outcome: Self::Outcome) -> Self::Outcome {
        outcome
    }
}

impl<F, R> Drop for Pooled<'_, F, R> {
    fn drop(&mut self) {
        if let Progress::Submitted(ticket, task) = &self.progress {
            // First, so that its place is free when the body is dropped.
            self.bulkhead.pool().withdraw(*ticket);
            task.cancel();
        }
    }
}

impl<F, R> fmt::Debug for Pooled<'_, F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pooled")
            .field("bulkhead", &self.bulkhead.name())
            .finish_non_exhaustive()
    }
}
