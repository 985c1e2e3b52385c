use super::state::State;

/// A breaker's state, its era, and where its metrics are: all that a call must know, in one word.
///
/// Every transition begins a new era, one to the same state included. A call remembers the whole
/// word that admitted it; its outcome counts only while the breaker still shows that very word.
/// Eras have 56 bits, so none comes twice.
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
/// Room for 31 windows, of which there are at most 19.
const SOURCE_BITS: u32 = 5;
const SOURCE_MASK: u64 = (1 << SOURCE_BITS) - 1;

impl StateWord {
    pub(super) const fn new(state: State, source: MetricsSource, era: u64) -> Self {
        let source = match source {
            MetricsSource::Nothing => 0,
            MetricsSource::Window(number) => number as u64 + 1,
        };
        Self(state.to_bits() | source << STATE_BITS | era << (STATE_BITS + SOURCE_BITS))
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

    #[inline]
    pub(super) const fn source(self) -> MetricsSource {
        let source = (self.0 >> STATE_BITS & SOURCE_MASK) as u32;
        match source.checked_sub(1) {
            None => MetricsSource::Nothing,
            Some(number) => MetricsSource::Window(number),
        }
    }

    #[inline]
    pub(super) const fn era(self) -> u64 {
        self.0 >> (STATE_BITS + SOURCE_BITS)
    }
}
