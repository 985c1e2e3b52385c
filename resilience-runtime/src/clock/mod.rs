//! Where policies take the time from.

mod alarm_queue;
mod manual;
mod sleep;
mod system;
mod timer;
#[cfg(feature = "tokio")]
mod tokio_clock;
#[cfg(feature = "tokio")]
mod tokio_sleep;

use std::fmt;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub use manual::ManualClock;
pub(crate) use sleep::Sleep;
pub(crate) use timer::{Alarm, Ring, Timer};

use system::SystemClock;
#[cfg(feature = "tokio")]
use tokio_clock::TokioClock;

/// The clock of a [`Registry`](crate::Registry): what its policies measure, wait and time out by.
///
/// A clock is monotonic: it starts at the wall-clock time of its creation and does not follow when
/// the wall clock is set.
///
/// ```
/// use std::time::Duration;
/// use resilience4rs::{Clock, Registry};
///
/// let time = Clock::manual();
/// let registry = Registry::builder().clock(&time).build();
/// let breaker = registry.circuit_breaker("payments");
/// breaker.transition_to_open().unwrap();
///
/// time.advance(Duration::from_secs(61));
/// assert!(breaker.try_acquire().is_ok(), "the minute in OPEN is over");
/// ```
#[derive(Clone)]
pub struct Clock {
    source: Source,
}

#[derive(Clone)]
enum Source {
    System(&'static SystemClock),
    #[cfg(feature = "tokio")]
    Tokio(TokioClock),
    Manual(ManualClock),
}

/// A point on a clock's own scale, cheap to take: turn two of them into a duration with
/// [`Clock::nanos_between`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticks(u64);

/// A time on a clock's own scale, from [`Ticks`] to [`Ticks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span(u64);

impl Ticks {
    #[inline]
    pub(crate) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    /// The time since `start`; none where that is later.
    #[inline]
    pub(crate) fn since(self, start: Self) -> Span {
        Span(self.0.saturating_sub(start.0))
    }

    /// Whether this is `start` or up to `span` later. It is not, when it is earlier, as may happen
    /// where two processors read the clock.
    #[inline]
    pub(crate) fn is_within(self, span: Span, start: Self) -> bool {
        self.0.wrapping_sub(start.0) <= span.0
    }
}

impl Span {
    #[inline]
    pub(crate) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(crate) const fn bits(self) -> u64 {
        self.0
    }
}

#[cfg_attr(
    not(feature = "tokio"),
    expect(
        clippy::match_wildcard_for_single_variants,
        reason = "with tokio, the clocks that tests move are two"
    )
)]
impl Clock {
    /// The system's monotonic clock, read from the processor's time stamp counter where that is
    /// reliable.
    #[must_use]
    pub fn system() -> Self {
        Self {
            source: Source::System(SystemClock::shared()),
        }
    }

    /// tokio's clock: it stands still while `tokio::time::pause` is in force and moves with
    /// `tokio::time::advance`. Make it inside the runtime whose time it is to follow. Waits need
    /// that runtime's time driver (`enable_time`), as tokio's own do; without a runtime they go by the
    /// system's clock.
    #[cfg(feature = "tokio")]
    #[must_use]
    pub fn tokio() -> Self {
        Self {
            source: Source::Tokio(TokioClock::new()),
        }
    }

    /// A clock for tests that moves only when told to.
    #[must_use]
    pub fn manual() -> ManualClock {
        ManualClock::default()
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(self.nanos(self.ticks()))
    }

    /// Waits for a while by this clock, beginning when it is first polled; dropping it ends the wait.
    ///
    /// For what a service itself waits for: in a test that moves the clock, it is over when the
    /// policies think so too. It needs no runtime, but for tokio's clock.
    ///
    /// ```
    /// use std::time::Duration;
    /// use resilience4rs::{Clock, Registry};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let time = Clock::manual();
    /// let registry = Registry::builder().clock(&time).build();
    /// let slow = tokio::spawn(async move {
    ///     let breaker = registry.circuit_breaker("payments");
    ///     let answer = async { Ok::<_, ()>(registry.clock().sleep(Duration::from_secs(61)).await) };
    ///     breaker.call(answer).await.unwrap();
    ///     breaker.metrics().slow_calls
    /// });
    ///
    /// while time.timers() == 0 {
    ///     tokio::task::yield_now().await;
    /// }
    /// time.advance(Duration::from_secs(61));
    /// assert_eq!(slow.await.unwrap(), 1, "the breaker has seen it take 61 seconds");
    /// # });
    /// ```
    pub async fn sleep(&self, duration: Duration) {
        let until = self.now_nanos().saturating_add(nanos_of(duration));
        self.sleep_until(until).await;
    }

    #[inline]
    pub(crate) fn ticks(&self) -> Ticks {
        match &self.source {
            Source::System(clock) => Ticks(clock.raw()),
            _ => self.virtual_ticks(),
        }
    }

    /// The ticks of a clock that tests move: kept out of the way of those that do not.
    #[cold]
    fn virtual_ticks(&self) -> Ticks {
        Ticks(match &self.source {
            Source::System(clock) => clock.raw(),
            #[cfg(feature = "tokio")]
            Source::Tokio(clock) => clock.nanos(),
            Source::Manual(clock) => clock.nanos(),
        })
    }

    /// The point in time, as nanoseconds since the epoch on this clock.
    #[inline]
    pub(crate) fn nanos(&self, at: Ticks) -> u64 {
        match &self.source {
            Source::System(clock) => clock.nanos(at.0),
            _ => at.0,
        }
    }

    /// The time from `start` to `end`; zero where `end` is before `start`.
    #[inline]
    pub(crate) fn nanos_between(&self, start: Ticks, end: Ticks) -> u64 {
        match &self.source {
            Source::System(clock) => clock.nanos_between(start.0, end.0),
            _ => end.0.saturating_sub(start.0),
        }
    }

    /// The longest span that is not longer than `nanos`: comparing with it needs no conversion and
    /// comes to the same, to the tick.
    pub(crate) fn span_of(&self, nanos: u64) -> Span {
        match &self.source {
            Source::System(clock) => Span(clock.most_ticks_within(nanos)),
            _ => Span(nanos),
        }
    }

    /// The last ticks that are at `nanos` or before.
    pub(crate) fn last_ticks_at(&self, nanos: u64) -> Ticks {
        match &self.source {
            Source::System(clock) => Ticks(clock.last_raw_at(nanos)),
            _ => Ticks(nanos),
        }
    }

    pub(crate) fn now_nanos(&self) -> u64 {
        self.nanos(self.ticks())
    }

    /// Where a wall-clock time lies on this clock's scale.
    pub(crate) fn nanos_at(&self, time: SystemTime) -> u64 {
        match &self.source {
            Source::System(_) => {
                let now = self.now_nanos();
                match time.duration_since(SystemTime::now()) {
                    Ok(ahead) => now.saturating_add(nanos_of(ahead)),
                    Err(behind) => now.saturating_sub(nanos_of(behind.duration())),
                }
            }
            _ => time.duration_since(UNIX_EPOCH).map_or(0, nanos_of),
        }
    }

    /// A future that is done at `at_nanos`. It does nothing until it is polled; dropping it cancels
    /// the wait.
    pub(crate) fn sleep_until(&self, at_nanos: u64) -> Sleep {
        Sleep::new(self, at_nanos)
    }

    /// Blocks the thread until `at_nanos`.
    ///
    /// On tokio's clock it sleeps for the time that is left, even where that clock stands still: the
    /// thread may be the one whose work would move it.
    pub(crate) fn wait_until(&self, at_nanos: u64) {
        match &self.source {
            Source::Manual(_) => sleep::park_until(self, at_nanos),
            #[cfg(feature = "tokio")]
            Source::Tokio(_) => {
                let left = at_nanos.saturating_sub(self.now_nanos());
                thread::sleep(Duration::from_nanos(left));
            }
            Source::System(_) => {
                while let left @ 1.. = at_nanos.saturating_sub(self.now_nanos()) {
                    thread::sleep(Duration::from_nanos(left));
                }
            }
        }
    }

    /// How long a thread has to wait for `at_nanos`; none where only somebody else can move the clock.
    /// On tokio's clock that is as in [`wait_until`](Self::wait_until).
    pub(crate) fn real_time_until(&self, at_nanos: u64) -> Option<Duration> {
        match &self.source {
            Source::Manual(_) => None,
            _ => Some(Duration::from_nanos(
                at_nanos.saturating_sub(self.now_nanos()),
            )),
        }
    }

    /// Rings `alarm` at `at_nanos`, unless the timer is dropped before.
    pub(crate) fn schedule(&self, at_nanos: u64, alarm: Alarm) -> Timer {
        match &self.source {
            Source::System(clock) => clock.schedule(at_nanos, alarm),
            #[cfg(feature = "tokio")]
            Source::Tokio(clock) => clock.schedule(at_nanos, alarm),
            Source::Manual(clock) => clock.schedule(at_nanos, alarm),
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl From<ManualClock> for Clock {
    fn from(clock: ManualClock) -> Self {
        Self {
            source: Source::Manual(clock),
        }
    }
}

impl From<&ManualClock> for Clock {
    fn from(clock: &ManualClock) -> Self {
        clock.clone().into()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.source {
            Source::System(_) => "System",
            #[cfg(feature = "tokio")]
            Source::Tokio(_) => "Tokio",
            Source::Manual(_) => "Manual",
        };
        f.debug_struct("Clock")
            .field("source", &source)
            .field("now", &self.now())
            .finish()
    }
}

/// Saturates after 584 years.
pub(crate) fn nanos_of(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
