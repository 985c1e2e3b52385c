use crate::failure::PolicyError;
use crate::layer::{BlockingLayer, Layer};
use crate::retry::{Retry, RetryAfter, RetryAttempts, RetryVerdict, call};

/// Begins a call.
#[inline]
pub fn attempts(policy: &Retry) -> RetryAttempts<'_> {
    policy.attempts()
}

/// One attempt of an async call.
#[inline]
pub fn attempt<'a, 'c, R, F>(
    attempts: &'a mut RetryAttempts<'c>,
    body: F,
) -> impl Future<Output = Result<R, PolicyError>> + use<'a, 'c, R, F>
where
    F: Layer<Output = R>,
{
    call::attempt(attempts, body)
}

/// One attempt of a plain call.
///
/// # Errors
/// When a policy inside of the retry ended it.
#[inline]
pub fn attempt_blocking<R, F>(attempts: &mut RetryAttempts<'_>, body: F) -> Result<R, PolicyError>
where
    F: BlockingLayer<Output = R>,
{
    call::attempt_blocking(attempts, body)
}

/// The loop over the attempts of an async call, as a layer.
#[inline]
pub fn retried<R, F>(attempts: F) -> impl Layer<Output = R, Outcome = Result<R, PolicyError>>
where
    F: Future<Output = Result<R, PolicyError>>,
{
    call::retried(attempts)
}

/// The loop over the attempts of a plain call, as a layer.
#[inline]
pub fn retried_blocking<R, F>(
    attempts: F,
) -> impl BlockingLayer<Output = R, Outcome = Result<R, PolicyError>>
where
    F: FnOnce() -> Result<R, PolicyError>,
{
    call::retried_blocking(attempts)
}

/// An argument that comes by value, for the next attempt: cloned, unless it will be asked for no more.
///
/// # Panics
/// Never in an expansion: after the last attempt it asks no more.
#[inline]
pub fn argument_for_attempt<T: AttemptArg>(argument: &mut Option<T>, is_last: bool) -> T {
    let argument = match argument {
        Some(argument) if !is_last => Some(argument.share()),
        argument => argument.take(),
    };
    match argument {
        Some(argument) => argument,
        None => panic!("an attempt was made after the last"),
    }
}

/// The same for the expressions in an attribute, which see what a pattern makes of an argument.
#[inline]
pub fn clone_argument_for_attempt<T: AttemptArg>(argument: &T) -> T {
    argument.share()
}

/// An argument that every attempt takes by value.
#[diagnostic::on_unimplemented(
    message = "every attempt of a retry needs this argument, but `{Self}` is not `Clone`",
    label = "`{Self}` is taken by value here and cannot be cloned for the next attempt",
    note = "derive `Clone` for it, or take it by reference or in an `Arc`"
)]
pub trait AttemptArg: Sized {
    /// Clones it.
    #[must_use]
    fn share(&self) -> Self;
}

impl<T: Clone> AttemptArg for T {
    #[inline]
    fn share(&self) -> Self {
        self.clone()
    }
}

/// An argument that is kept for the attempts.
///
/// The inherent method is for what is `Copy`, which needs no look at which attempt it is. It is found
/// before the one of [`MovesAtLast`], as that of [`Asking`] is.
#[derive(Debug)]
pub struct Kept<'a, T>(pub &'a Option<T>);

impl<T: Copy> Kept<'_, T> {
    /// Whether the next attempt is to take the argument itself: never, a copy is as good.
    #[inline]
    #[must_use]
    pub fn is_last(&self, _: &RetryAttempts<'_>) -> bool {
        false
    }
}

/// The same for what is not `Copy`, of which a clone may cost something.
pub trait MovesAtLast {
    /// Whether the next attempt is to take the argument itself: if there will be no other.
    #[inline]
    #[must_use]
    fn is_last(&self, attempts: &RetryAttempts<'_>) -> bool {
        attempts.is_last()
    }
}

impl<T> MovesAtLast for Kept<'_, T> {}

/// What is to be retried, and may ask for a wait.
///
/// The inherent method is for those that do. Where its bound does not hold, the compiler's search for
/// a method passes it over, and finds the one of [`AsksForNothing`], which the expansion has in scope:
/// so nobody has to implement [`RetryAfter`], and no message speaks of it.
#[derive(Debug)]
pub struct Asking<'a, T: ?Sized>(pub &'a T);

impl<T: RetryAfter + ?Sized> Asking<'_, T> {
    /// To be retried, after the wait that it asks for.
    #[inline]
    #[must_use]
    pub fn verdict(self) -> RetryVerdict {
        self.0
            .retry_after()
            .map_or(RetryVerdict::Retry, RetryVerdict::RetryAfter)
    }
}

/// The same for those that do not know of waits.
pub trait AsksForNothing: Sized {
    /// To be retried, after the configured wait.
    #[inline]
    #[must_use]
    fn verdict(self) -> RetryVerdict {
        RetryVerdict::Retry
    }
}

impl<T: ?Sized> AsksForNothing for Asking<'_, T> {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::registry::Registry;

    struct Busy(Duration);

    impl RetryAfter for Busy {
        fn retry_after(&self) -> Option<Duration> {
            (!self.0.is_zero()).then_some(self.0)
        }
    }

    fn of_anything<E>(error: &E) -> RetryVerdict {
        Asking(error).verdict()
    }

    fn of_one_that_may_ask<E: RetryAfter>(error: &E) -> RetryVerdict {
        Asking(error).verdict()
    }

    #[test]
    fn an_error_is_asked_where_it_can_answer() {
        let asked = RetryVerdict::RetryAfter(Duration::from_secs(3));
        let busy = Busy(Duration::from_secs(3));
        assert_eq!(Asking(&busy).verdict(), asked);
        assert_eq!(Asking(&Busy(Duration::ZERO)).verdict(), RetryVerdict::Retry);
        assert_eq!(Asking("down").verdict(), RetryVerdict::Retry);
        assert_eq!(of_one_that_may_ask(&busy), asked);
        // Without the bound, a generic function cannot know.
        assert_eq!(of_anything(&busy), RetryVerdict::Retry);
    }

    fn of_any_that_is_kept<T>(argument: T, attempts: &RetryAttempts<'_>) -> bool {
        Kept(&Some(argument)).is_last(attempts)
    }

    #[test]
    fn what_is_copy_is_never_moved_and_what_is_only_clone_is_at_the_last() {
        let at_most = |attempts| {
            Registry::new()
                .retry_with("files", |config| config.max_attempts(attempts))
                .unwrap()
        };
        let (once, twice) = (at_most(1), at_most(2));
        let (last, first) = (once.attempts(), twice.attempts());
        assert!(Kept(&Some(String::new())).is_last(&last));
        assert!(!Kept(&Some(String::new())).is_last(&first));
        assert!(!Kept(&Some(7)).is_last(&last));
        assert!(!Kept(&Some(7)).is_last(&first));
        // Without the bound, a generic function cannot know.
        assert!(of_any_that_is_kept(7, &last));
    }

    #[test]
    fn an_argument_is_cloned_for_every_attempt_but_the_last() {
        let argument = std::rc::Rc::new(());
        let mut slot = Some(std::rc::Rc::clone(&argument));
        let first = argument_for_attempt(&mut slot, false);
        assert_eq!(std::rc::Rc::strong_count(&argument), 3);
        drop(first);
        let last = argument_for_attempt(&mut slot, true);
        assert_eq!(std::rc::Rc::strong_count(&argument), 2);
        assert!(slot.is_none());
        drop(last);
    }
}
