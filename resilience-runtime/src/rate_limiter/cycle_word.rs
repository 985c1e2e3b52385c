/// The cycle and its permissions in one word, which one compare-and-swap changes.
///
/// From the lowest bit: the permissions, the cycle counted from a base, the number of the base and
/// the number of the schedule. Base and schedule are beside the word, in the places that their numbers
/// tell; they change rarely, and whoever changes one changes its number here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CycleWord(u64);

const CYCLE_SHIFT: u32 = 32;
const CYCLE_BITS: u32 = 24;
const BASE_SHIFT: u32 = CYCLE_SHIFT + CYCLE_BITS;
const BASE_BITS: u32 = 4;
const SCHEDULE_SHIFT: u32 = BASE_SHIFT + BASE_BITS;

pub(super) const SCHEDULE_BITS: u32 = u64::BITS - SCHEDULE_SHIFT;

/// The cycles that one base is good for.
pub(super) const CYCLES_OF_A_BASE: u64 = 1 << CYCLE_BITS;

/// Permissions are stored as what they are above the deepest debt: so that taking some is a plain
/// subtraction which leaves the bits above alone.
const DEEPEST_DEBT: i64 = i32::MIN as i64;
const NO_PERMISSIONS: u64 = DEEPEST_DEBT.unsigned_abs();

impl CycleWord {
    /// In the first cycle of base 0, under schedule 0.
    pub(super) fn new(permissions: u32) -> Self {
        Self(NO_PERMISSIONS + u64::from(permissions))
    }

    #[inline]
    pub(super) fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    #[inline]
    pub(super) fn bits(self) -> u64 {
        self.0
    }

    /// Negative where permissions of later cycles are reserved.
    #[inline]
    pub(super) fn permissions(self) -> i64 {
        (self.0 & mask(CYCLE_SHIFT)).cast_signed() + DEEPEST_DEBT
    }

    #[inline]
    pub(super) fn cycle_of_base(self) -> u64 {
        self.0 >> CYCLE_SHIFT & mask(CYCLE_BITS)
    }

    /// In which of the two places its base is.
    #[inline]
    pub(super) fn base_place(self) -> usize {
        (self.0 >> BASE_SHIFT & 1) as usize
    }

    /// In which of the two places its schedule is, and the limit.
    #[inline]
    pub(super) fn schedule_place(self) -> usize {
        (self.0 >> SCHEDULE_SHIFT & 1) as usize
    }

    /// The number of its schedule.
    pub(super) fn schedule_number(self) -> u64 {
        self.0 >> SCHEDULE_SHIFT
    }

    /// Without so many of its permissions, if it has them.
    #[inline]
    pub(super) fn minus(self, permits: u32) -> Option<Self> {
        let permissions = self.0 & mask(CYCLE_SHIFT);
        (permissions >= NO_PERMISSIONS + u64::from(permits))
            .then(|| Self(self.0 - u64::from(permits)))
    }

    /// Another cycle of the same base, if that reaches so far.
    #[inline]
    pub(super) fn at(self, cycle_of_base: u64, permissions: i64) -> Option<Self> {
        let rest = self.0 >> BASE_SHIFT << BASE_SHIFT;
        (cycle_of_base < CYCLES_OF_A_BASE)
            .then(|| Self(rest | cycle_of_base << CYCLE_SHIFT | stored(permissions)))
    }

    /// The first cycle of the next base.
    pub(super) fn at_next_base(self, permissions: i64) -> Self {
        let schedule = self.0 >> SCHEDULE_SHIFT << SCHEDULE_SHIFT;
        let base = ((self.0 >> BASE_SHIFT) + 1) & mask(BASE_BITS);
        Self(schedule | base << BASE_SHIFT | stored(permissions))
    }

    /// The same under the next schedule.
    pub(super) fn under_next_schedule(self) -> Self {
        Self(self.0.wrapping_add(1 << SCHEDULE_SHIFT))
    }
}

/// Whether so many can be written down.
#[inline]
pub(super) fn is_too_deep(permissions: i64) -> bool {
    permissions < DEEPEST_DEBT
}

#[inline]
fn stored(permissions: i64) -> u64 {
    (permissions - DEEPEST_DEBT).cast_unsigned() & mask(CYCLE_SHIFT)
}

const fn mask(bits: u32) -> u64 {
    (1 << bits) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_do_not_touch() {
        let word = CycleWord::new(0).under_next_schedule();
        for permissions in [i64::from(i32::MIN), -1, 0, 1, i64::from(i32::MAX)] {
            for cycle in [0, 1, CYCLES_OF_A_BASE - 1] {
                let word = word.at(cycle, permissions).unwrap();
                assert_eq!(word.permissions(), permissions);
                assert_eq!(word.cycle_of_base(), cycle);
                assert_eq!((word.base_place(), word.schedule_place()), (0, 1));
                let next = word.at_next_base(permissions);
                assert_eq!((next.permissions(), next.cycle_of_base()), (permissions, 0));
                assert_eq!((next.base_place(), next.schedule_place()), (1, 1));
            }
        }
        assert_eq!(word.at(CYCLES_OF_A_BASE, 0), None);
    }

    #[test]
    fn permissions_are_taken_to_the_last_and_no_further() {
        let word = CycleWord::new(3);
        assert_eq!(word.minus(3), Some(CycleWord::new(0)));
        assert_eq!(word.minus(4), None);
        assert_eq!(word.minus(u32::MAX), None);
        let in_debt = word.at(7, -1).unwrap();
        assert_eq!(in_debt.minus(0), None);
        assert!(is_too_deep(i64::from(i32::MIN) - 1) && !is_too_deep(i64::from(i32::MIN)));
    }

    #[test]
    fn numbers_of_bases_and_schedules_go_round() {
        let mut word = CycleWord::new(5);
        for _ in 0..1 << BASE_BITS {
            word = word.at_next_base(5);
        }
        assert_eq!(word, CycleWord::new(5));
        for _ in 0..1 << (u64::BITS - SCHEDULE_SHIFT) {
            word = word.under_next_schedule();
        }
        assert_eq!(word, CycleWord::new(5));
    }
}
