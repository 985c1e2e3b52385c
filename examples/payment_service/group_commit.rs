//! Many small durable writes as few large ones: one disk flush serves all who wait for it.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::sync::{mpsc, oneshot};

/// Bounds the memory of a commit; larger groups save no further time.
const LARGEST_GROUP: usize = 1024;

/// A queue of changes in front of a thread that commits them in groups. Once it is dropped, all that
/// was in the queue is committed, and the thread has ended.
#[derive(Debug)]
pub(crate) struct GroupCommit<C, A, E> {
    /// None while it is dropped.
    waiting: Option<mpsc::Sender<Waiting<C, A, E>>>,
    thread: Option<JoinHandle<()>>,
}

type Waiting<C, A, E> = (C, oneshot::Sender<Result<A, CommitError<E>>>);

/// The change may or may not have been made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommitError<E> {
    /// Shared by all who waited for the same flush.
    #[error("the commit failed")]
    Failed(#[source] Arc<E>),
    #[error("the thread that commits is gone")]
    Gone,
}

impl<C, A, E> GroupCommit<C, A, E>
where
    C: Send + 'static,
    A: Send + 'static,
    E: Send + Sync + 'static,
{
    /// Starts the thread. `commit` makes all the changes durable, in order, before it returns
    /// the answers to them.
    pub(crate) fn start(
        name: &str,
        mut commit: impl FnMut(Vec<C>) -> Result<Vec<A>, E> + Send + 'static,
    ) -> io::Result<Self> {
        let (waiting, mut queue) = mpsc::channel::<Waiting<C, A, E>>(LARGEST_GROUP);
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                let mut group = Vec::new();
                while let Some(first) = queue.blocking_recv() {
                    group.push(first);
                    while group.len() < LARGEST_GROUP
                        && let Ok(next) = queue.try_recv()
                    {
                        group.push(next);
                    }
                    let (changes, callers): (Vec<_>, Vec<_>) = group.drain(..).unzip();
                    answer(callers, commit(changes));
                }
            })?;
        Ok(Self {
            waiting: Some(waiting),
            thread: Some(thread),
        })
    }

    /// Returns once `change` is durable.
    pub(crate) async fn submit(&self, change: C) -> Result<A, CommitError<E>> {
        let (caller, answer) = oneshot::channel();
        let waiting = self.waiting.as_ref().ok_or(CommitError::Gone)?;
        let sent = waiting.send((change, caller)).await;
        sent.map_err(|_| CommitError::Gone)?;
        answer.await.map_err(|_| CommitError::Gone)?
    }
}

impl<C, A, E> Drop for GroupCommit<C, A, E> {
    fn drop(&mut self) {
        // Ends the thread, which finishes the queue first.
        drop(self.waiting.take());
        if let Some(thread) = self.thread.take() {
            // If it has panicked, those who waited know by `CommitError::Gone`.
            let _ = thread.join();
        }
    }
}

fn answer<A, E>(
    callers: Vec<oneshot::Sender<Result<A, CommitError<E>>>>,
    outcome: Result<Vec<A>, E>,
) {
    match outcome {
        Ok(answers) => {
            for (caller, answer) in callers.into_iter().zip(answers) {
                // A caller that no longer waits is content with the change being made.
                let _ = caller.send(Ok(answer));
            }
        }
        Err(error) => {
            let error = Arc::new(error);
            for caller in callers {
                let _ = caller.send(Err(CommitError::Failed(Arc::clone(&error))));
            }
        }
    }
}
