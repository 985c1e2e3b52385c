use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::{self, sleep_until};

use super::tokio_clock::TokioClock;
use super::{Clock, Sleep};

pin_project! {
    /// A wait for a time on tokio's clock.
    pub(super) struct TokioSleep {
        clock: TokioClock,
        at_nanos: u64,
        #[pin]
        timer: Timer,
    }
}

pin_project! {
    #[project = TimerProjection]
    enum Timer {
        // Not polled yet: the runtime is the one that polls.
        NotSet,
        Runtime {
            #[pin]
            sleep: time::Sleep,
        },
        // Of the system, where there is no runtime.
        System { sleep: Sleep },
        // Further away than tokio's time reaches.
        Never,
    }
}

impl TokioSleep {
    pub(super) fn new(clock: TokioClock, at_nanos: u64) -> Self {
        Self {
            clock,
            at_nanos,
            timer: Timer::NotSet,
        }
    }
}

impl Timer {
    fn set(clock: &TokioClock, at_nanos: u64) -> Self {
        let Some(runtime) = clock.runtime() else {
            let at_nanos = clock.system_nanos(at_nanos);
            return Self::System {
                sleep: Sleep::new(&Clock::system(), at_nanos),
            };
        };
        let Some(at) = clock.instant(at_nanos) else {
            return Self::Never;
        };
        let _entered = runtime.enter();
        Self::Runtime {
            sleep: sleep_until(at),
        }
    }
}

impl Future for TokioSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        // Before tokio is asked, which may put a task off that has had its share of time.
        if this.clock.nanos() >= *this.at_nanos {
            this.timer.set(Timer::NotSet);
            return Poll::Ready(());
        }
        if let TimerProjection::NotSet = this.timer.as_mut().project() {
            let timer = Timer::set(this.clock, *this.at_nanos);
            this.timer.set(timer);
        }
        match this.timer.project() {
            TimerProjection::Runtime { sleep } => sleep.poll(cx),
            TimerProjection::System { sleep } => Pin::new(sleep).poll(cx),
            TimerProjection::NotSet | TimerProjection::Never => Poll::Pending,
        }
    }
}
