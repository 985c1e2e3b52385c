//! What a semaphore does, in the plainest way.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something unforeseen is to fail"
)]

/// Permits and waiters, one operation after another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Model {
    pub(super) limit: u32,
    pub(super) out: u32,
    pub(super) is_fair: bool,
    /// Those who wait, in the order in which they are served.
    line: Vec<Waits>,
    /// Those who have a permit and have not come for it yet.
    granted: Vec<usize>,
    /// Those who may come and try to take one, in the order in which they were called.
    called: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Waits {
    who: usize,
    /// Not, where it has been woken since it last came.
    sleeps: bool,
}

impl Waits {
    fn asleep(who: usize) -> Self {
        Self { who, sleeps: true }
    }
}

impl Model {
    pub(super) fn new(limit: u32, is_fair: bool) -> Self {
        Self {
            limit,
            out: 0,
            is_fair,
            line: Vec::new(),
            granted: Vec::new(),
            called: Vec::new(),
        }
    }

    pub(super) fn free(&self) -> u32 {
        self.limit.saturating_sub(self.out)
    }

    pub(super) fn waiting(&self) -> u32 {
        u32::try_from(self.line.len()).unwrap()
    }

    pub(super) fn is_at_rest(&self) -> bool {
        self.out == 0 && self.line.is_empty() && self.granted.is_empty() && self.called.is_empty()
    }

    pub(super) fn try_take(&mut self) -> bool {
        let takes = self.free() > 0 && !(self.is_fair && self.waiting() > 0);
        self.out += u32::from(takes);
        takes
    }

    /// Who is woken.
    pub(super) fn give_back(&mut self) -> Vec<usize> {
        self.out = self.out.saturating_sub(1);
        self.wake()
    }

    /// Who is woken.
    pub(super) fn reshape(&mut self, limit: u32, is_fair: bool) -> Vec<usize> {
        self.limit = limit;
        self.is_fair = is_fair;
        if is_fair {
            // Before all others, as they stood; what they were called for is given to them, or not.
            let called = self.called.drain(..);
            let recalled = called.map(|who| Waits { who, sleeps: false });
            self.line.splice(..0, recalled);
        }
        self.wake()
    }

    /// Whether it has a permit now.
    pub(super) fn poll(&mut self, who: usize) -> bool {
        if let Some(waits) = self.line.iter_mut().find(|waits| waits.who == who) {
            waits.sleeps = true;
            return false;
        }
        if take_out(&mut self.granted, who) {
            return true;
        }
        let was_called = take_out(&mut self.called, who);
        let takes = self.try_take();
        if !takes {
            let at = if was_called { 0 } else { self.line.len() };
            self.line.insert(at, Waits::asleep(who));
        }
        takes
    }

    /// Whether it has a permit after all, and who is woken.
    pub(super) fn give_up(&mut self, who: usize) -> (bool, Vec<usize>) {
        self.line.retain(|waits| waits.who != who);
        let has_permit = take_out(&mut self.granted, who)
            || (take_out(&mut self.called, who) && self.try_take());
        (has_permit, self.wake())
    }

    pub(super) fn drop(&mut self, who: usize) -> Vec<usize> {
        let (has_permit, mut woken) = self.give_up(who);
        if has_permit {
            woken.extend(self.give_back());
        }
        woken
    }

    fn wake(&mut self) -> Vec<usize> {
        let mut woken = Vec::new();
        while !self.line.is_empty() && self.free() as usize > self.called.len() {
            let first = self.line.remove(0);
            if first.sleeps {
                woken.push(first.who);
            }
            if self.is_fair {
                self.granted.push(first.who);
                self.out += 1;
            } else {
                self.called.push(first.who);
            }
        }
        woken
    }
}

fn take_out(from: &mut Vec<usize>, who: usize) -> bool {
    let place = from.iter().position(|other| *other == who);
    place.map(|place| from.remove(place)).is_some()
}
