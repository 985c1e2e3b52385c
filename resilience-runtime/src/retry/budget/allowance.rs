//! How many retries a budget allows.

use crate::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Allowance {
    pub(super) percentage: f32,
    pub(super) min_retries_per_second: u32,
}

/// One that changes while retries ask: both in one word, so that nobody sees half of a change.
pub(super) struct AtomicAllowance(AtomicU64);

impl Allowance {
    /// In a second that has so many calls.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of the calls is not negative, and no more than they are"
    )]
    pub(super) fn with(self, calls: u64) -> u64 {
        let share = f64::from(self.percentage) * calls as f64 / 100.0;
        (share as u64).max(self.min_retries_per_second.into())
    }

    fn bits(self) -> u64 {
        u64::from(self.percentage.to_bits()) << 32 | u64::from(self.min_retries_per_second)
    }

    #[expect(clippy::cast_possible_truncation, reason = "each half has its 32 bits")]
    fn from_bits(bits: u64) -> Self {
        Self {
            percentage: f32::from_bits((bits >> 32) as u32),
            min_retries_per_second: bits as u32,
        }
    }
}

/// Relaxed, all of it: a retry goes by what it finds, and nothing hangs on it but that.
impl AtomicAllowance {
    pub(super) fn new(allowance: Allowance) -> Self {
        Self(AtomicU64::new(allowance.bits()))
    }

    pub(super) fn get(&self) -> Allowance {
        Allowance::from_bits(self.0.load(Ordering::Relaxed))
    }

    /// Two retries that share the budget may change it at once, each another half of it.
    pub(super) fn change(&self, change: impl Fn(Allowance) -> Allowance) {
        let mut old = self.0.load(Ordering::Relaxed);
        loop {
            let new = change(Allowance::from_bits(old)).bits();
            let swap = self
                .0
                .compare_exchange_weak(old, new, Ordering::Relaxed, Ordering::Relaxed);
            match swap {
                Ok(_) => return,
                Err(now) => old = now,
            }
        }
    }
}
