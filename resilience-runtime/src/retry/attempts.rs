use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Shared;
use super::call::attempt;
use super::config::RetryConfig;
use super::event::{AttemptFailure, GiveUpReason, RetryEventKind};
use super::verdict::{Judgement, RetryVerdict, Seen, Wait};
use super::wait::RetryWait;
use crate::clock::nanos_of;
use crate::error_summary::SeenError;
use crate::failure::{PolicyError, RetriesExhausted};
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::trace::{CallSpan, Ending, RetrySpan, log};

/// The attempts of one call, from [`Retry::attempts`](super::Retry::attempts), made in a loop of one's
/// own.
///
/// [`Retry::call`](super::Retry::call) is shorter, and does the same. But an attempt in a loop may
/// borrow what is around it, `&mut` included, which a closure cannot lend to the future that it makes.
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::ops::ControlFlow;
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
///         let outcome = Ok(read(&mut buffer, is_up).await);
///         let judged = attempts.judge(
///             |result| if result.is_ok() { RetryVerdict::Accept } else { RetryVerdict::Retry },
///             outcome,
///         );
///         match judged {
///             ControlFlow::Continue(wait) => wait,
///             ControlFlow::Break(outcome) => break outcome,
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
    /// Those that have failed, and the error of the last of them, for a listener.
    failed: Option<(Failed, SeenError<'static>)>,
    /// The nanosecond after that in which it began; 0 where there was no bound on the total time, and
    /// then there will be none. With [`IS_TOLD_LAST`].
    beginning: AtomicU64,
    /// That of the running attempt, which is over before that of the call.
    attempt_span: CallSpan,
    span: RetrySpan,
}

/// Somebody was told that the attempt which runs is the last: what it was to take is gone. A bit of the
/// beginning, which no clock reaches, so that a call has one word less to make ready.
const IS_TOLD_LAST: u64 = 1 << 63;

/// The attempts that have failed: how many, and the last one by what.
#[derive(Debug, Clone, Copy)]
struct Failed {
    attempts: u32,
    by: AttemptFailure,
}

/// The wait until the next attempt, or the outcome of the call. By value, so that the outcome of a
/// call that goes well at once need not be in memory.
type Judged<'a, R> = ControlFlow<Result<R, PolicyError>, RetryWait<'a>>;

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
        let beginning = if shared.current.notes_beginnings() {
            shared.note_beginning()
        } else {
            0
        };
        Self {
            shared,
            failed: None,
            beginning: AtomicU64::new(beginning),
            attempt_span: CallSpan::new(),
            span: RetrySpan::begin(shared.membership.name()),
        }
    }

    /// The next attempt begins, as [`attempt`](super::call::attempt) makes it.
    #[inline]
    pub(super) fn begin_attempt(&mut self) {
        let number = self.next_to_fail();
        let name = self.shared.membership.name();
        self.attempt_span = CallSpan::begin_attempt(self.span.as_span(), name, number);
    }

    #[inline]
    pub(super) fn attempt_span(&mut self) -> &mut CallSpan {
        &mut self.attempt_span
    }

    #[inline]
    pub(super) fn shared(&self) -> &'a Shared {
        self.shared
    }

    /// The call went well at its first attempt.
    #[inline]
    fn succeed_at_once(&mut self) {
        self.shared.counts.succeed_at_once();
        self.attempt_span.end(|| Ending::Success);
        self.span.span().end(|| Ending::Success);
    }

    /// Makes the next attempt, whose outcome is to be [judged](Self::judge). A loop may await the future
    /// itself instead; but then a panic in it, or that it is dropped, is not counted, and there is no
    /// span of it.
    ///
    /// # Cancel safety
    /// Dropping the future ends the attempt, and counts the call as cancelled.
    ///
    /// # Errors
    /// None of its own: the outcome is there to be handed to [`judge`](Self::judge).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use std::ops::ControlFlow;
    /// use resilience4rs::{Registry, RetryVerdict};
    ///
    /// let retry = Registry::new().retry("files");
    /// let mut attempts = retry.attempts();
    /// let outcome = attempts.attempt(async { Ok::<_, &str>(42) }).await;
    /// let judged = attempts.judge(|_| RetryVerdict::Accept, outcome);
    /// assert!(matches!(judged, ControlFlow::Break(Ok(Ok(42)))));
    ///
    /// let mut attempts = retry.attempts();
    /// drop(tokio::time::timeout(
    ///     std::time::Duration::ZERO,
    ///     attempts.attempt(std::future::pending::<Result<(), &str>>()),
    /// ).await);
    /// assert_eq!(retry.metrics().cancelled_calls, 1);
    /// # }
    /// ```
    pub fn attempt<F: Future>(
        &mut self,
        future: F,
    ) -> impl Future<Output = Result<F::Output, PolicyError>> + use<'_, 'a, F> {
        attempt(self, future)
    }

    /// Whether the next attempt is the last that `max_attempts` allows; then it is, even if the
    /// setting changes meanwhile. Others may turn out to be the last.
    #[inline]
    #[must_use]
    pub fn is_last(&self) -> bool {
        let is_last = self.next_to_fail() >= self.shared.current.max_attempts();
        if is_last {
            // Relaxed, here and below: the attempts of a call are made one after another.
            self.beginning.fetch_or(IS_TOLD_LAST, Ordering::Relaxed);
        }
        is_last
    }

    /// Judges the outcome of an attempt: `Err` where a policy inside of the retry ended it. If it is
    /// to be made again, the loop continues after the wait that this returns, which is to be awaited,
    /// or [blocked](RetryWait::block) for. Or else the loop ends with the outcome that this returns:
    /// where `fail_after_max_attempts` says so, it has become a [`PolicyError::RetriesExhausted`].
    #[inline]
    pub fn judge<R: Outcome>(
        &mut self,
        classify: impl FnOnce(Result<&R::Value, &R::Error>) -> RetryVerdict,
        outcome: Result<R, PolicyError>,
    ) -> Judged<'a, R> {
        let Ok(answer) = &outcome else {
            return self.judge_policy_error(outcome);
        };
        let result = answer.as_result();
        let failure = failure_of(&result);
        // A classification that panics counts like an attempt that does.
        let verdict = self.shared.counting_panics(|| classify(result));
        let judgement = verdict.into();
        let goes_well = failure == AttemptFailure::Result && matches!(judgement, Judgement::Accept);
        if goes_well && self.failed.is_none() {
            self.succeed_at_once();
            return ControlFlow::Break(outcome);
        }
        self.settle_outcome(judgement, failure, outcome)
    }

    /// Whether the call went well at its first attempt, if no predicate has a say in that; it is
    /// counted then. Apart from [`judge_by_config`](Self::judge_by_config), so that the outcome of
    /// such a call need not be in memory.
    #[inline]
    pub(super) fn is_over_at_once<R: Outcome>(&mut self, outcome: &Result<R, PolicyError>) -> bool {
        let is_over = self.failed.is_none()
            && self.shared.current.judges_plainly()
            && outcome
                .as_ref()
                .is_ok_and(|outcome| outcome.as_result().is_ok());
        if is_over {
            self.succeed_at_once();
        }
        is_over
    }

    /// Judges by the predicates of the configuration.
    #[inline(never)]
    pub(super) fn judge_by_config<R>(&mut self, outcome: Result<R, PolicyError>) -> Judged<'a, R>
    where
        R: Outcome<Value: 'static, Error: 'static>,
    {
        let Ok(answer) = &outcome else {
            return self.judge_policy_error(outcome);
        };
        let result: Seen<'_> = match answer.as_result() {
            Ok(value) => Ok(value),
            Err(error) => Err(error),
        };
        let (config, failed) = (self.shared.current.config(), self.next_to_fail());
        let judgement = self.shared.counting_panics(|| config.judge(failed, result));
        let failure = failure_of(&result);
        let error = self.seen(&outcome);
        let next = self.settle(&config, judgement, failure, error);
        next.ends_with(outcome)
    }

    #[cold]
    fn judge_policy_error<R>(&mut self, outcome: Result<R, PolicyError>) -> Judged<'a, R> {
        let Err(error) = &outcome else {
            return ControlFlow::Break(outcome);
        };
        let (config, failed) = (self.shared.current.config(), self.next_to_fail());
        let judgement = self
            .shared
            .counting_panics(|| config.judge_policy_error(failed, error));
        let seen = SeenError::Policy(error);
        let next = self.settle(&config, judgement, AttemptFailure::Policy, seen);
        next.ends_with(outcome)
    }

    #[cold]
    fn settle_outcome<R: Outcome>(
        &mut self,
        judgement: Judgement,
        failure: AttemptFailure,
        outcome: Result<R, PolicyError>,
    ) -> Judged<'a, R> {
        let config = self.shared.current.config();
        let error = self.seen(&outcome);
        let next = self.settle(&config, judgement, failure, error);
        next.ends_with(outcome)
    }

    /// The error, where somebody wants to know.
    fn seen<'e, R: Outcome>(&self, outcome: &'e Result<R, PolicyError>) -> SeenError<'e> {
        if self.shared.events.has_consumers() || log::is_heard() {
            SeenError::of_outcome(outcome.as_ref())
        } else {
            SeenError::Unknown
        }
    }

    /// The number among the failed ones of the attempt that is being judged, should it be one.
    fn next_to_fail(&self) -> u32 {
        self.failed
            .map_or(1, |(failed, _)| failed.attempts.saturating_add(1))
    }

    /// Counts and announces an attempt that failed, or that went well after others.
    #[inline(never)]
    fn settle(
        &mut self,
        config: &RetryConfig,
        judgement: Judgement,
        failure: AttemptFailure,
        error: SeenError<'_>,
    ) -> Next<'a> {
        let shared = self.shared;
        if let Judgement::Retry(wait) = judgement {
            return self.settle_failed(config, wait, failure, error);
        }
        // An error is none that goes well, whoever accepts it.
        let goes_well = failure == AttemptFailure::Result && matches!(judgement, Judgement::Accept);
        let ending = || {
            if goes_well {
                Ending::Success
            } else {
                Ending::Failure(error.into())
            }
        };
        self.attempt_span.end(ending);
        match (goes_well, self.failed) {
            (true, None) => shared.counts.succeed_at_once(),
            (true, Some((failed, error))) => {
                shared.counts.more_of_the_total.increment();
                shared.counts.successful_with_retry.increment();
                shared.announce(error, || RetryEventKind::Success {
                    attempts: failed.attempts,
                    failure: failed.by,
                });
            }
            (false, _) => {
                shared.counts.more_of_the_total.increment();
                shared.counts.failed_without_retry.increment();
                shared.announce(error, || RetryEventKind::IgnoredError { failure });
            }
        }
        self.span.span().end(ending);
        Next::End
    }

    fn settle_failed(
        &mut self,
        config: &RetryConfig,
        wait: Wait,
        failure: AttemptFailure,
        error: SeenError<'_>,
    ) -> Next<'a> {
        let shared = self.shared;
        let failed = Failed {
            attempts: self.next_to_fail(),
            by: failure,
        };
        self.failed = Some((failed, error.type_only()));
        self.attempt_span.end(|| Ending::Failure(error.into()));
        let wait = self.length_of(config, wait, failed);
        shared.counts.more_of_the_total.increment();
        match wait.and_then(|wait| self.allow(config, wait, failed)) {
            Ok(wait) => {
                let (name, span) = (shared.membership.name(), self.span.as_span());
                log::retries(span, name, failed.attempts, wait, error);
                shared.announce(error, || RetryEventKind::Retry {
                    attempts: failed.attempts,
                    wait,
                    failure,
                });
                Next::Attempt(RetryWait::new(shared, wait))
            }
            Err(reason) => {
                let membership = &shared.membership;
                log::gives_up(
                    (self.span.as_span(), &membership.log_limit),
                    || shared.clock.now_nanos(),
                    membership.name(),
                    (failed.attempts, reason.name()),
                    error,
                );
                self.span
                    .span()
                    .end(|| Ending::RetriesExhausted(failed.attempts, reason.name(), error.into()));
                shared.give_up(config, failed, error, reason)
            }
        }
    }

    /// How long to wait, unless that was the last attempt.
    fn length_of(
        &self,
        config: &RetryConfig,
        wait: Wait,
        failed: Failed,
    ) -> Result<Duration, GiveUpReason> {
        let is_last = failed.attempts >= config.max_attempts();
        if is_last || self.beginning.load(Ordering::Relaxed) & IS_TOLD_LAST != 0 {
            return Err(GiveUpReason::MaxAttempts);
        }
        let is_value = failed.by == AttemptFailure::Result;
        self.shared
            .counting_panics(|| config.length_of(wait, failed.attempts, is_value))
            .ok_or(GiveUpReason::Interval)
    }

    /// Where there was a bound on the total time then.
    fn began_nanos(&self) -> Option<u64> {
        let beginning = self.beginning.load(Ordering::Relaxed) & !IS_TOLD_LAST;
        beginning.checked_sub(1)
    }

    /// Whether there is time for the wait, and budget for the attempt after it.
    fn allow(
        &self,
        config: &RetryConfig,
        wait: Duration,
        failed: Failed,
    ) -> Result<Duration, GiveUpReason> {
        let shared = self.shared;
        if let Some(bound) = config.max_duration()
            && let Some(began_nanos) = self.began_nanos()
        {
            let over = shared.clock.now_nanos().saturating_add(nanos_of(wait));
            if over > began_nanos.saturating_add(nanos_of(bound)) {
                return Err(GiveUpReason::MaxDuration);
            }
        }
        match shared.current.budget() {
            Some(budget) if !budget.try_acquire() => {
                shared.counts.refused.increment();
                shared.announce(SeenError::Unknown, || RetryEventKind::BudgetExhausted {
                    attempts: failed.attempts,
                    budget: budget.shared_name(),
                });
                Err(GiveUpReason::Budget)
            }
            _ => Ok(wait),
        }
    }
}

impl<'a> Next<'a> {
    fn ends_with<R>(self, outcome: Result<R, PolicyError>) -> Judged<'a, R> {
        match self {
            Self::Attempt(wait) => ControlFlow::Continue(wait),
            Self::End => ControlFlow::Break(outcome),
            Self::Exhausted(error) => ControlFlow::Break(Err(error.into())),
        }
    }
}

impl Shared {
    #[cold]
    fn note_beginning(&self) -> u64 {
        if self.current.tells_of_next_call() {
            self.membership.is_called_again(Policy::Retry);
        }
        if let Some(budget) = self.current.budget() {
            budget.record_call();
        }
        if self.current.bounds_duration() {
            self.clock.now_nanos().saturating_add(1) & !IS_TOLD_LAST
        } else {
            0
        }
    }

    fn give_up(
        &self,
        config: &RetryConfig,
        failed: Failed,
        error: SeenError<'_>,
        reason: GiveUpReason,
    ) -> Next<'static> {
        let Failed { attempts, by } = failed;
        self.counts.failed_with_retry.increment();
        let is_value = by == AttemptFailure::Result;
        if is_value {
            self.counts.end_by_result();
        }
        self.announce(error, || RetryEventKind::Error {
            attempts,
            failure: by,
            reason,
        });
        if is_value && config.fail_after_max_attempts() {
            return Next::Exhausted(RetriesExhausted {
                name: Arc::clone(self.membership.name()),
                attempts,
            });
        }
        Next::End
    }
}

/// What an attempt has failed by, if it has.
#[inline]
fn failure_of<V, E>(result: &Result<V, E>) -> AttemptFailure {
    if result.is_ok() {
        AttemptFailure::Result
    } else {
        AttemptFailure::Error
    }
}

impl fmt::Debug for RetryAttempts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryAttempts")
            .field("retry", self.shared.membership.name())
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
