//! The head of a window of calls: everything that a decision needs, in one word.

/// Bits of one outcome.
pub(super) const OUTCOME_BITS: u32 = 2;
pub(super) const FAILED: u64 = 0b01;
pub(super) const SLOW: u64 = 0b10;

/// From the lowest bit: the last outcome, whether it is still to be settled, whether the ring is
/// full, the slot of the next outcome, the failed, the slow, the era and the lap.
///
/// The lap makes a head differ from the one a whole round later. Without it, a thread that was
/// suspended between reading a head and replacing it could find an equal one that stands over
/// other outcomes. It would now have to sleep through exactly 2^15 rounds (2^3 of a large window,
/// at least 8,192 calls) and wake at equal counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head<const BITS: u32>(pub(super) u64);

impl<const BITS: u32> Head<BITS> {
    pub(super) const EMPTY: Self = Self(0);

    pub(super) const UNSETTLED: u64 = 1 << OUTCOME_BITS;
    const FULL: u64 = 1 << (OUTCOME_BITS + 1);
    const OFFSET_SHIFT: u32 = OUTCOME_BITS + 2;
    const FAILED_SHIFT: u32 = Self::OFFSET_SHIFT + BITS;
    const SLOW_SHIFT: u32 = Self::FAILED_SHIFT + BITS;
    const ERA_SHIFT: u32 = Self::SLOW_SHIFT + BITS;
    const ERA_BITS: u32 = (64 - Self::ERA_SHIFT) / 2;
    const LAP_SHIFT: u32 = Self::ERA_SHIFT + Self::ERA_BITS;

    const COUNT_MASK: u64 = (1 << BITS) - 1;
    const ERA_MASK: u64 = ((1 << Self::ERA_BITS) - 1) << Self::ERA_SHIFT;
    /// What is not zero in a head whose window has anything but fast successes in it, or an
    /// outcome that is not settled.
    const EVENTFUL: u64 = (FAILED | SLOW)
        | Self::UNSETTLED
        | (Self::COUNT_MASK << Self::FAILED_SHIFT)
        | (Self::COUNT_MASK << Self::SLOW_SHIFT);

    #[inline]
    pub(super) fn is_in_era(self, era: u64) -> bool {
        (self.0 ^ era << Self::ERA_SHIFT) & Self::ERA_MASK == 0
    }

    pub(super) fn in_era(self, era: u64) -> Self {
        Self(self.0 & !Self::ERA_MASK | era << Self::ERA_SHIFT & Self::ERA_MASK)
    }

    #[inline]
    pub(super) fn last_outcome(self) -> u64 {
        self.0 & (FAILED | SLOW)
    }

    #[inline]
    pub(super) fn is_settled(self) -> bool {
        self.0 & Self::UNSETTLED == 0
    }

    #[inline]
    pub(super) fn is_full(self) -> bool {
        self.0 & Self::FULL != 0
    }

    /// Whether the window is in this era and full of fast successes, all of them settled: another
    /// one leaves it as it is.
    #[inline]
    pub(super) fn is_uneventful_in(self, era: u64) -> bool {
        let uneventful = Self::FULL | era << Self::ERA_SHIFT;
        (self.0 ^ uneventful) & (Self::FULL | Self::EVENTFUL | Self::ERA_MASK) == 0
    }

    /// The slot that the next outcome goes to.
    #[inline]
    pub(super) fn offset(self) -> u64 {
        self.0 >> Self::OFFSET_SHIFT & Self::COUNT_MASK
    }

    #[inline]
    pub(super) fn failed(self) -> u64 {
        self.0 >> Self::FAILED_SHIFT & Self::COUNT_MASK
    }

    #[inline]
    pub(super) fn slow(self) -> u64 {
        self.0 >> Self::SLOW_SHIFT & Self::COUNT_MASK
    }

    #[inline]
    pub(super) fn calls(self, size: u64) -> u64 {
        if self.is_full() { size } else { self.offset() }
    }

    /// The head after its window took in `outcome`, where the slot it goes to holds `replaced`.
    #[inline]
    pub(super) fn after(self, outcome: u64, replaced: u64, size: u64) -> Self {
        let leaving = if self.is_full() { replaced } else { 0 };
        let unsettled = if outcome == replaced {
            0
        } else {
            Self::UNSETTLED
        };
        let mut head = self.0 & !(FAILED | SLOW | Self::UNSETTLED) | outcome | unsettled;
        // What leaves was counted when it came, so no count falls below zero; and with it gone,
        // none exceeds the size.
        head -= (leaving & FAILED) << Self::FAILED_SHIFT;
        head -= (leaving >> 1) << Self::SLOW_SHIFT;
        head += (outcome & FAILED) << Self::FAILED_SHIFT;
        head += (outcome >> 1) << Self::SLOW_SHIFT;
        Self(head).moved_on(size)
    }

    /// The head with its offset one further; the first slot comes after the last.
    fn moved_on(self, size: u64) -> Self {
        if self.offset() + 1 == size {
            let at_start = self.0 & !(Self::COUNT_MASK << Self::OFFSET_SHIFT) | Self::FULL;
            // The lap has the highest bits: past its last it begins anew.
            Self(at_start.wrapping_add(1 << Self::LAP_SHIFT))
        } else {
            Self(self.0 + (1 << Self::OFFSET_SHIFT))
        }
    }
}
