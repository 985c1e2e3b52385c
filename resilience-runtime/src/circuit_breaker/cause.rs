/// Why a breaker changed its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The failure rate reached its threshold; the slow-call rate may have, too.
    FailureRate,
    /// The slow-call rate alone did.
    SlowCallRate,
    /// A half-open round ended below both thresholds.
    ProbesSucceeded,
    /// The wait in OPEN was over.
    WaitOver,
    /// A half-open round lasted too long.
    RoundOver,
    /// The probes of a half-open round did not come back.
    ProbesHung,
    /// The outcome of a call asked for it.
    Outcome,
    /// Somebody did it by hand.
    Manual,
    /// The time of an operator's override was over.
    OverrideOver,
    /// Somebody reset the breaker.
    Reset,
    /// It begins, as new: that is no change.
    Beginning,
}

#[cfg(feature = "metrics-core")]
impl Cause {
    /// As a label has it.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::FailureRate => "failure_rate",
            Self::SlowCallRate => "slow_call_rate",
            Self::ProbesSucceeded => "probes_succeeded",
            Self::WaitOver => "wait_over",
            Self::RoundOver => "round_over",
            Self::ProbesHung => "probes_hung",
            Self::Outcome => "outcome",
            Self::Manual => "manual",
            Self::OverrideOver => "override_over",
            Self::Reset => "reset",
            Self::Beginning => "beginning",
        }
    }
}
