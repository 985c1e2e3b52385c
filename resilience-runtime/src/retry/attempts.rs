use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Shared;
use super::call::Running;
use super::event::{AttemptFailure, GiveUpReason, RetryEventKind};
use super::verdict::{Judgement, RetryVerdict, Wait};
use super::wait::RetryWait;
use crate::clock::nanos_of;
use crate::failure::{PolicyError, RetriesExhausted};
use crate::outcome::Outcome;

/// The attempts of one call, from [`Retry::attempts`](super::Retry::attempts), made in a loop of one's
/// own.
///
/// [`Retry::call`](super::Retry::call) is shorter, and does the same. But an attempt in a loop may
/// borrow what is around it, `&mut` included, which a closure cannot lend to the future that it makes.
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use resilience4rs::{Clock, Registry, RetryVerdict};
///
/// async fn read(into: &mut Vec<u8>, is_up: bool) -> Result<usize, &'static str> {
///     into.push(1);
///     if is_up { Ok(into.len()) } else { Err("down") }
/// }
///
/// let retry = Registry::builder().clock(Clock::tokio()).build().retry("files");
/// let mut buffer = Vec::new();
/// let mut attempts = retry.attempts();
/// let read = loop {
///     let wait = {
///         buffer.clear();
///         let is_up = attempts.is_last();
///         let mut outcome = Ok(read(&mut buffer, is_up).await);
///         let wait = attempts.judge(
///             |result| if result.is_ok() { RetryVerdict::Accept } else { RetryVerdict::Retry },
///             &mut outcome,
///         );
///         match wait {
///             Some(wait) => wait,
///             None => break outcome,
///         }
///     };
///     wait.await;
/// };
/// assert_eq!(read, Ok(Ok(1)));
/// assert_eq!(retry.metrics().total_calls, 3);
/// # }
/// ```
#[must_use = "a call is counted when its attempts are judged"]
pub struct RetryAttempts<'a> {
    shared: &'a Shared,
    failed: u32,
    /// Of no meaning as long as none has failed.
    last_failure: AttemptFailure,
    /// Of use only where there is a bound on the total time.
    began_nanos: u64,
}

/// What follows on an attempt that was not the first to go well.
enum Next<'a> {
    Attempt(RetryWait<'a>),
    End,
    /// The same, but the value is not good enough for the caller.
    Exhausted(RetriesExhausted),
}

impl<'a> RetryAttempts<'a> {
    #[inline]
    pub(super) fn begin(shared: &'a Shared) -> Self {
        let began_nanos = if shared.notes_beginnings {
            shared.note_beginning()
        } else {
            0
        };
        Self {
            shared,
            failed: 0,
            last_failure: AttemptFailure::Error,
            began_nanos,
        }
    }

    /// Whether the next attempt is the last that `max_attempts` allows. Others may turn out to be the
    /// last.
    #[inline]
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.failed.saturating_add(1) >= self.shared.max_attempts
    }

    /// Judges the outcome of an attempt: `Err` where a policy inside of the retry ended it. If it is
    /// to be made again, returns the wait until then, which is to be awaited, or
    /// [blocked](RetryWait::block) for. Or else the outcome is the call's: where
    /// `fail_after_max_attempts` says so, it has become a [`PolicyError::RetriesExhausted`].
    #[inline]
    pub fn judge<R: Outcome>(
        &mut self,
        classify: impl FnOnce(Result<&R::Value, &R::Error>) -> RetryVerdict,
        outcome: &mut Result<R, PolicyError>,
    ) -> Option<RetryWait<'a>> {
        self.judge_as(classify, outcome)
    }

    /// Judges by the predicates of the configuration.
    #[inline]
    pub(super) fn judge_by_config<R>(
        &mut self,
        outcome: &mut Result<R, PolicyError>,
    ) -> Option<RetryWait<'a>>
    where
        R: Outcome<Value: 'static, Error: 'static>,
    {
        let (shared, failed) = (self.shared, self.next_to_fail());
        self.judge_as(|result| shared.judge(failed, result), outcome)
    }

    #[inline]
    fn judge_as<R: Outcome, J: Into<Judgement>>(
        &mut self,
        classify: impl FnOnce(Result<&R::Value, &R::Error>) -> J,
        outcome: &mut Result<R, PolicyError>,
    ) -> Option<RetryWait<'a>> {
        let (judgement, failure) = match outcome {
            Ok(outcome) => {
                let result = outcome.as_result();
                let failure = if result.is_ok() {
                    AttemptFailure::Result
                } else {
                    AttemptFailure::Error
                };
                // A classification that panics counts like an attempt that does.
                let running = Running::new(self.shared);
                let judgement = classify(result).into();
                running.came_back();
                (judgement, failure)
            }
            Err(error) => (self.judge_policy_error(error), AttemptFailure::Policy),
        };
        let is_value = failure == AttemptFailure::Result;
        if self.failed == 0 && is_value && !matches!(judgement, Judgement::Retry(_)) {
            self.shared.counts.succeed_at_once();
            return None;
        }
        match self.settle(judgement, failure) {
            Next::Attempt(wait) => Some(wait),
            Next::End => None,
            Next::Exhausted(error) => {
                *outcome = Err(error.into());
                None
            }
        }
    }

    #[cold]
    fn judge_policy_error(&self, error: &PolicyError) -> Judgement {
        let running = Running::new(self.shared);
        let judgement = self
            .shared
            .config
            .judge_policy_error(self.next_to_fail(), error);
        running.came_back();
        judgement
    }

    /// The number among the failed ones of the attempt that is being judged, should it be one.
    fn next_to_fail(&self) -> u32 {
        self.failed.saturating_add(1)
    }

    /// Counts and announces an attempt that failed, or that went well after others.
    #[inline(never)]
    fn settle(&mut self, judgement: Judgement, failure: AttemptFailure) -> Next<'a> {
        let shared = self.shared;
        if let Judgement::Retry(wait) = judgement {
            return self.settle_failed(wait, failure);
        }
        shared.counts.more_of_the_total.increment();
        // An error is none that goes well, whoever accepts it.
        if failure == AttemptFailure::Result {
            shared.counts.successful_with_retry.increment();
            shared.announce(|| RetryEventKind::Success {
                attempts: self.failed,
                failure: self.last_failure,
            });
        } else {
            shared.counts.failed_without_retry.increment();
            shared.announce(|| RetryEventKind::IgnoredError { failure });
        }
        Next::End
    }

    fn settle_failed(&mut self, wait: Wait, failure: AttemptFailure) -> Next<'a> {
        let shared = self.shared;
        self.failed = self.next_to_fail();
        self.last_failure = failure;
        let wait = self.length_of(wait);
        shared.counts.more_of_the_total.increment();
        let (attempts, allowed) = (self.failed, wait.and_then(|wait| self.allow(wait)));
        match allowed {
            Ok(wait) => {
                shared.announce(|| RetryEventKind::Retry {
                    attempts,
                    wait,
                    failure,
                });
                Next::Attempt(RetryWait::new(shared, wait))
            }
            Err(reason) => self.give_up(reason),
        }
    }

    /// How long to wait, unless that was the last attempt.
    fn length_of(&self, wait: Wait) -> Result<Duration, GiveUpReason> {
        if self.failed >= self.shared.max_attempts {
            return Err(GiveUpReason::MaxAttempts);
        }
        let is_value = self.last_failure == AttemptFailure::Result;
        let running = Running::new(self.shared);
        let wait = self.shared.config.length_of(wait, self.failed, is_value);
        running.came_back();
        wait.ok_or(GiveUpReason::Interval)
    }

    /// Whether there is time for the wait, and budget for the attempt after it.
    fn allow(&self, wait: Duration) -> Result<Duration, GiveUpReason> {
        let shared = self.shared;
        if let Some(max_nanos) = shared.max_nanos {
            let over = shared.clock.now_nanos().saturating_add(nanos_of(wait));
            if over > self.began_nanos.saturating_add(max_nanos) {
                return Err(GiveUpReason::MaxDuration);
            }
        }
        match &shared.budget {
            Some(budget) if !budget.try_acquire() => {
                shared.counts.refused.increment();
                shared.announce(|| RetryEventKind::BudgetExhausted {
                    attempts: self.failed,
                    budget: budget.shared_name(),
                });
                Err(GiveUpReason::Budget)
            }
            _ => Ok(wait),
        }
    }

    fn give_up(&self, reason: GiveUpReason) -> Next<'a> {
        let (shared, attempts, failure) = (self.shared, self.failed, self.last_failure);
        shared.counts.failed_with_retry.increment();
        let is_value = failure == AttemptFailure::Result;
        if is_value {
            // As Resilience4j counts it: the end of such a call, beside its attempts.
            shared.counts.more_of_the_total.increment();
        }
        shared.announce(|| RetryEventKind::Error {
            attempts,
            failure,
            reason,
        });
        if is_value && shared.config.fail_after_max_attempts() {
            return Next::Exhausted(RetriesExhausted {
                name: Arc::clone(&shared.name),
                attempts,
            });
        }
        Next::End
    }
}

impl Shared {
    #[cold]
    fn note_beginning(&self) -> u64 {
        if let Some(budget) = &self.budget {
            budget.record_call();
        }
        if self.max_nanos.is_some() {
            self.clock.now_nanos()
        } else {
            0
        }
    }

    #[inline]
    fn judge<V: Any, E: Any>(&self, failed: u32, result: Result<&V, &E>) -> Judgement {
        if self.judges_plainly {
            return match result {
                Ok(_) => Judgement::Accept,
                Err(_) => Judgement::Retry(Wait::Configured),
            };
        }
        self.judge_by_predicates(failed, result)
    }

    #[inline(never)]
    fn judge_by_predicates<V: Any, E: Any>(
        &self,
        failed: u32,
        result: Result<&V, &E>,
    ) -> Judgement {
        self.config.judge(
            failed,
            match result {
                Ok(value) => Ok(value),
                Err(error) => Err(error),
            },
        )
    }
}

impl fmt::Debug for RetryAttempts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryAttempts")
            .field("retry", &self.shared.name)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
