use super::metrics::Totals;

/// Why a breaker changed its state.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cause {
    /// The failure rate reached its threshold; the slow-call rate may have, too.
    FailureRate(Totals),
    /// The slow-call rate alone did.
    SlowCallRate(Totals),
    /// A half-open round ended below both thresholds.
    ProbesSucceeded(Totals),
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

impl Cause {
    /// As a metric's label and a line of the log have it.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::FailureRate(_) => "failure_rate",
            Self::SlowCallRate(_) => "slow_call_rate",
            Self::ProbesSucceeded(_) => "probes_succeeded",
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
