use super::state::State;

/// A breaker's state, its era, and where its metrics are: all that a call must know, in one word.
///
/// Every transition begins a new era, one to the same state included. A call remembers the whole
/// word that admitted it; its outcome counts only while the breaker still shows that very word, or
/// another of its era. Eras have 54 bits, so none comes twice.
///
/// One bit says whether calls are counted for metrics. It stands beside the state, so that one look
/// finds a breaker CLOSED and without metrics: whoever has none pays nothing for those that others
/// have. Another bit is never published: a call sets it in the word that admitted it, once it has
/// been counted as begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StateWord(u64);

/// Which window the metrics of a state are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MetricsSource {
    /// FORCED_OPEN and DISABLED count nothing, nor does an OPEN that came from one of them.
    Nothing,
    /// The window of this number, by the configured shape or that of a half-open round; an OPEN goes
    /// on showing that of the state before it.
    Window(u32),
}

const STATE_BITS: u32 = 3;
const COUNTING_BITS: u32 = 2;
const COUNTED: u64 = 1 << STATE_BITS;
const STARTED: u64 = 1 << (STATE_BITS + 1);
const SOURCE_SHIFT: u32 = STATE_BITS + COUNTING_BITS;
/// Room for 31 windows, of which there are at most 19.
const SOURCE_BITS: u32 = 5;
const SOURCE_MASK: u64 = (1 << SOURCE_BITS) - 1;

impl StateWord {
    pub(super) const fn new(state: State, source: MetricsSource, era: u64) -> Self {
        let source = match source {
            MetricsSource::Nothing => 0,
            MetricsSource::Window(number) => number as u64 + 1,
        };
        Self(state.to_bits() | source << SOURCE_SHIFT | era << (SOURCE_SHIFT + SOURCE_BITS))
    }

    #[inline]
    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    #[inline]
    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    #[inline]
    pub(super) const fn state(self) -> State {
        State::from_bits(self.0 & ((1 << STATE_BITS) - 1))
    }

    /// Whether this is that state, and calls are not counted for metrics.
    #[inline]
    pub(super) const fn is_uncounted(self, state: State) -> bool {
        self.0 & (COUNTED | ((1 << STATE_BITS) - 1)) == state.to_bits()
    }

    /// Whether this is that state, and calls are counted for metrics.
    #[cfg(feature = "metrics-core")]
    #[inline]
    pub(super) const fn is_counted_in(self, state: State) -> bool {
        let bits = self.0 & (COUNTED | ((1 << STATE_BITS) - 1));
        bits == COUNTED | state.to_bits()
    }

    /// Whether a call that it admits has yet to be counted as begun.
    #[inline]
    pub(super) const fn owes_start(self) -> bool {
        cfg!(feature = "metrics-core") && self.0 & (COUNTED | STARTED) == COUNTED
    }

    /// Whether calls are counted for metrics.
    #[inline]
    pub(super) const fn is_counted(self) -> bool {
        cfg!(feature = "metrics-core") && self.0 & COUNTED != 0
    }

    /// The same, with calls counted for metrics.
    pub(super) const fn counted(self) -> Self {
        Self(self.0 | COUNTED)
    }

    /// The same, of a call that is counted as begun.
    #[inline]
    pub(super) const fn started(self) -> Self {
        Self(self.0 | STARTED)
    }

    /// The same as it was published.
    #[inline]
    pub(super) const fn published(self) -> Self {
        Self(self.0 & !STARTED)
    }

    #[inline]
    pub(super) const fn source(self) -> MetricsSource {
        let source = (self.0 >> SOURCE_SHIFT & SOURCE_MASK) as u32;
        match source.checked_sub(1) {
            None => MetricsSource::Nothing,
            Some(number) => MetricsSource::Window(number),
        }
    }

    #[inline]
    pub(super) const fn era(self) -> u64 {
        self.0 >> (SOURCE_SHIFT + SOURCE_BITS)
    }
}
