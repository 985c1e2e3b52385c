use std::fmt;
use std::mem::{self, ManuallyDrop};
use std::ops::{Deref, DerefMut};

/// What few calls ever have, such as a timer.
///
/// It is an `Option` whose end takes one look where there is nothing: what there is, is dropped out
/// of line, so that the end of a call that goes well at once stays small enough to be inlined.
///
/// Its own drop leaves nothing, so no code is made to drop that once more.
pub(crate) struct Seldom<T>(ManuallyDrop<Option<T>>);

impl<T> Seldom<T> {
    #[inline]
    pub(crate) const fn nothing() -> Self {
        Self(ManuallyDrop::new(None))
    }

    /// Keeps this, where there is nothing: no code is made for what there might be.
    #[inline]
    pub(crate) fn keep(&mut self, value: T) {
        mem::forget(self.0.replace(value));
    }
}

impl<T> Deref for Seldom<T> {
    type Target = Option<T>;

    #[inline]
    fn deref(&self) -> &Option<T> {
        &self.0
    }
}

impl<T> DerefMut for Seldom<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Option<T> {
        &mut self.0
    }
}

impl<T> Drop for Seldom<T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(value) = self.0.take() {
            drop_out_of_line(value);
        }
    }
}

#[cold]
#[inline(never)]
fn drop_out_of_line<T>(value: T) {
    drop(value);
}

impl<T: fmt::Debug> fmt::Debug for Seldom<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
