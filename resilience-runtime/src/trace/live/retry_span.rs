use super::CallSpan;
use crate::policy::Policy;

/// The span of a call that a retry makes. It is in the loop of the attempts, which is not polled by
/// the runtime: nobody tells it of a panic but the thread.
#[derive(Debug)]
pub(crate) struct RetrySpan(CallSpan);

impl RetrySpan {
    #[inline]
    pub(crate) fn begin(name: &str) -> Self {
        Self(CallSpan::begin(Policy::Retry, name))
    }

    #[inline]
    pub(crate) fn span(&mut self) -> &mut CallSpan {
        &mut self.0
    }

    #[inline]
    pub(crate) fn as_span(&self) -> &CallSpan {
        &self.0
    }
}

impl Drop for RetrySpan {
    #[inline]
    fn drop(&mut self) {
        self.0.end_by_drop();
    }
}
