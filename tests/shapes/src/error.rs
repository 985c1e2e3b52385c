//! What goes wrong.

use resilience4rs::PolicyError;

/// An error that can carry a rejection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The call failed.
    Down,
    /// The call was not made.
    Rejected,
}

impl From<PolicyError> for Error {
    fn from(_: PolicyError) -> Self {
        Self::Rejected
    }
}

impl From<core::num::ParseIntError> for Error {
    fn from(_: core::num::ParseIntError) -> Self {
        Self::Down
    }
}

/// What most of the functions return.
pub type Answer<T> = Result<T, Error>;
