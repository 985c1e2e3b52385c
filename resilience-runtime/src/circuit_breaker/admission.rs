//! Letting calls through, or not.

use std::sync::Arc;
use std::time::Duration;

use super::event::CircuitBreakerEventKind;
use super::machine::Machine;
use super::probes::Probe;
use super::state::State;
use super::state_word::StateWord;
use crate::clock::Ticks;
use crate::error_summary::SeenError;
use crate::failure::CircuitOpen;
use crate::policy::Policy;
use crate::sync::atomic::Ordering;
use crate::trace::log;

/// A call that was let through: by which state and era, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Admission {
    pub(super) word: StateWord,
    pub(super) start: Ticks,
}

impl Machine {
    /// Lets a call through, or says why not. A half-open round whose probes hang begins anew.
    #[inline]
    pub(super) fn admit(&self) -> Result<Admission, CircuitOpen> {
        let word = self.word();
        if word.is_uncounted(State::Closed) {
            return Ok(Admission {
                word,
                start: self.clock.ticks(),
            });
        }
        if word.is_counted() {
            return self.admit_counted(word, self.clock.ticks());
        }
        self.reject_or_admit(word)
    }

    /// A call that counts for metrics, from now on. Told the time, since it needs no stack without
    /// asking for it.
    #[inline(never)]
    fn admit_counted(&self, word: StateWord, start: Ticks) -> Result<Admission, CircuitOpen> {
        if word.state() == State::Closed && self.has_counted_start() {
            return Ok(Admission {
                word: word.started(),
                start,
            });
        }
        let admission = self.admit_unless_closed(true)?;
        Ok(self.begin_call(admission))
    }

    /// As [`admit`](Self::admit), but for metrics the call begins only when it is
    /// [said to](Self::begin_call), or when it is over: nobody sees the difference of one that is over
    /// before anybody else could run.
    #[inline]
    pub(super) fn admit_to_poll(&self) -> Result<Admission, CircuitOpen> {
        let word = self.word();
        if word.state() == State::Closed {
            return Ok(Admission {
                word,
                start: self.clock.ticks(),
            });
        }
        self.reject_or_admit(word)
    }

    /// The call goes on.
    #[inline]
    pub(super) fn begin_call(&self, admission: Admission) -> Admission {
        let Admission { word, start } = admission;
        if !word.owes_start() {
            return admission;
        }
        self.count_start();
        Admission {
            word: word.started(),
            start,
        }
    }

    /// A call while the breaker is not CLOSED. Most are to one that is OPEN, and rejected; where nobody is
    /// to be told of that, nothing else is called.
    #[inline(never)]
    fn reject_or_admit(&self, word: StateWord) -> Result<Admission, CircuitOpen> {
        if word.is_uncounted(State::Open)
            && !self.events.has_consumers()
            && !log::is_heard()
            && let Some(wait) = self.wait_left(self.clock.ticks())
        {
            self.count_not_permitted();
            return Err(self.circuit_open(word, Some(wait)));
        }
        self.admit_unless_closed(true)
    }

    /// How long until OPEN is over, if it is not: that moment itself still belongs to it.
    fn wait_left(&self, now: Ticks) -> Option<u64> {
        let until = self.open_until();
        (now <= until).then(|| self.clock.nanos_between(now, until).saturating_add(1))
    }

    /// Relaxed: it was stored before the word that made us look. If a later state's is there
    /// already, a transition will notice.
    pub(super) fn open_until(&self) -> Ticks {
        Ticks::from_bits(self.open_until.load(Ordering::Relaxed))
    }

    /// As [`admit`](Self::admit), but exactly as Resilience4j: hanging probes block for ever.
    pub(super) fn admit_without_permit(&self) -> bool {
        match self.admit_unless_closed(false) {
            Ok(admission) => {
                self.begin_call(admission);
                true
            }
            Err(_) => false,
        }
    }

    #[inline(never)]
    fn admit_unless_closed(&self, renews_rounds: bool) -> Result<Admission, CircuitOpen> {
        loop {
            let start = self.clock.ticks();
            let word = self.word();
            match word.state() {
                State::Closed | State::Disabled | State::MetricsOnly => {
                    return Ok(Admission { word, start });
                }
                State::HalfOpen => match self.probes.take(word.era(), || self.clock.nanos(start)) {
                    Probe::Taken => return Ok(Admission { word, start }),
                    Probe::NoneLeft => {
                        let is_over =
                            renews_rounds && self.end_overdue_round(word, self.clock.nanos(start));
                        if !is_over {
                            return Err(self.reject(word, None));
                        }
                    }
                    Probe::AnotherEra => {}
                },
                State::Open => match self.wait_left(start) {
                    Some(nanos) => return Err(self.reject(word, Some(nanos))),
                    None => self.end_wait_in_open(word, start),
                },
                State::ForcedOpen => return Err(self.reject(word, None)),
            }
        }
    }

    fn reject(&self, word: StateWord, nanos_left: Option<u64>) -> CircuitOpen {
        if word.owes_start() {
            self.count_rejection();
        }
        self.count_not_permitted();
        if self.events.has_consumers() {
            self.announce_call(CircuitBreakerEventKind::NotPermitted, SeenError::Unknown);
        }
        let open = move || self.circuit_open(word, nanos_left);
        let (limit, name) = (&self.membership.log_limit, self.name());
        log::rejected(limit, &self.clock, Policy::CircuitBreaker, name, open);
        open()
    }

    #[inline]
    fn count_not_permitted(&self) {
        // Relaxed: a count that nothing is decided by.
        self.counts.not_permitted.fetch_add(1, Ordering::Relaxed);
    }

    #[inline]
    fn circuit_open(&self, word: StateWord, nanos_left: Option<u64>) -> CircuitOpen {
        CircuitOpen {
            name: Arc::clone(self.name()),
            state: word.state(),
            retry_after: nanos_left.map(Duration::from_nanos),
        }
    }
}
