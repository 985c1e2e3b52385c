/// The length of a cycle, and the way to tell which one a time is in without a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Period {
    nanos: u64,
    /// 2^64 by the length, rounded down.
    reciprocal: u64,
}

impl Period {
    /// Of at least a nanosecond.
    pub(super) fn new(nanos: u64) -> Self {
        let nanos = nanos.max(1);
        Self {
            nanos,
            reciprocal: u64::try_from((1 << 64) / u128::from(nanos)).unwrap_or(u64::MAX),
        }
    }

    pub(super) fn parts(self) -> (u64, u64) {
        (self.nanos, self.reciprocal)
    }

    /// Of parts that another thread may be changing; if they do not belong together, the cycles that
    /// it tells are of no meaning.
    #[inline]
    pub(super) fn from_parts(nanos: u64, reciprocal: u64) -> Self {
        Self { nanos, reciprocal }
    }

    /// The cycle, from 0, that a time since the beginning is in.
    #[inline]
    pub(super) fn cycle_at(self, elapsed_nanos: u64) -> u64 {
        let product = u128::from(elapsed_nanos) * u128::from(self.reciprocal);
        // Rounding twice leaves it at most one too low.
        let cycle = (product >> 64) as u64;
        let rest = elapsed_nanos.wrapping_sub(cycle.wrapping_mul(self.nanos));
        cycle.wrapping_add(u64::from(rest >= self.nanos))
    }

    /// When a cycle begins; `None` past the end of time, 584 years on.
    pub(super) fn start_of(self, cycle: u64) -> Option<u64> {
        cycle.checked_mul(self.nanos)
    }

    pub(super) fn nanos(self) -> u64 {
        self.nanos
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cycles_are_told_at_the_ends_of_the_range() {
        for nanos in [1, 2, 3, 500, 1 << 32, (1 << 63) + 1, u64::MAX - 1, u64::MAX] {
            for elapsed in [0, 1, nanos - 1, nanos, u64::MAX / 2, u64::MAX - 1, u64::MAX] {
                assert_eq!(
                    Period::new(nanos).cycle_at(elapsed),
                    elapsed / nanos,
                    "{elapsed} / {nanos}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn cycles_are_told_as_by_division(nanos in 1..u64::MAX, shift in 0..64u32, elapsed: u64) {
            let nanos = (nanos >> shift).max(1);
            prop_assert_eq!(Period::new(nanos).cycle_at(elapsed), elapsed / nanos);
            let multiple = elapsed / nanos * nanos;
            prop_assert_eq!(Period::new(nanos).cycle_at(multiple), multiple / nanos);
            prop_assert_eq!(Period::new(nanos).cycle_at(multiple.saturating_sub(1)), multiple.saturating_sub(1) / nanos);
        }
    }
}
