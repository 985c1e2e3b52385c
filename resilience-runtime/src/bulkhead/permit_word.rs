use resilience_settings::bulkhead::MAX_CALLS;

/// How many permits there are, how many are out, and whether anybody waits for one: all that
/// taking and giving back must know, in one word.
///
/// Not how many are free: the limit may shrink below the permits that are out, and one that comes
/// back without ever having gone must not make more of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PermitWord(u64);

/// Above the bits of the permits that are out.
const AWAITED: u64 = 1 << 31;
const OUT: u64 = AWAITED - 1;
const LIMIT_SHIFT: u32 = 32;

const _: () = assert!(MAX_CALLS as u64 <= OUT);

impl PermitWord {
    /// The bits of a word that nobody waits for.
    pub(super) const NOT_AWAITED: u64 = !AWAITED;

    pub(super) fn new(limit: u32) -> Self {
        Self(0).with_limit(limit)
    }

    #[inline]
    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    #[inline]
    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// Whether a permit is free.
    #[inline]
    pub(super) const fn has_free(self) -> bool {
        self.0 & OUT < self.0 >> LIMIT_SHIFT
    }

    /// Whether a permit is out and nobody waits for it.
    #[inline]
    pub(super) const fn takes_back_quietly(self) -> bool {
        // From one to `OUT`: with the bit that shows waiters it is more.
        (self.0 & (AWAITED | OUT)).wrapping_sub(1) < OUT
    }

    #[inline]
    pub(super) const fn with_one_out(self) -> Self {
        Self(self.0 + 1)
    }

    /// With one permit fewer out. One is.
    #[inline]
    pub(super) const fn with_one_in(self) -> Self {
        Self(self.0 - 1)
    }

    /// With one permit fewer out, if any is.
    pub(super) const fn with_one_back(self) -> Self {
        Self(self.0 - (self.0 & OUT != 0) as u64)
    }

    pub(super) fn with_limit(self, limit: u32) -> Self {
        let limit = u64::from(limit.min(MAX_CALLS));
        Self(self.0 & (AWAITED | OUT) | limit << LIMIT_SHIFT)
    }

    /// With this many permits more out; there are as many free.
    pub(super) fn with_out(self, more: u32) -> Self {
        Self(self.0 + u64::from(more))
    }

    pub(super) const fn with_awaited(self, awaited: bool) -> Self {
        if awaited {
            Self(self.0 | AWAITED)
        } else {
            Self(self.0 & !AWAITED)
        }
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "the upper half is 32 bits, the permits that are out are 31"
    )]
    pub(super) const fn limit(self) -> u32 {
        (self.0 >> LIMIT_SHIFT) as u32
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "the permits that are out are 31 bits"
    )]
    pub(super) const fn out(self) -> u32 {
        (self.0 & OUT) as u32
    }

    /// How many permits may still go out. None, while more are out than the limit allows.
    pub(super) const fn free(self) -> u32 {
        self.limit().saturating_sub(self.out())
    }
}
