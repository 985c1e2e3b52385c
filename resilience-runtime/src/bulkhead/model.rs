//! What a semaphore does, in the plainest way.

/// Permits and waiters, one operation after another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Model {
    pub(super) limit: u32,
    pub(super) out: u32,
    is_fair: bool,
    /// Those who wait, in the order in which they are served.
    line: Vec<Waits>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Waits {
    who: usize,
    turn: Turn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Turn {
    InLine,
    Granted,
    Called,
}

impl Model {
    pub(super) fn new(limit: u32, is_fair: bool) -> Self {
        Self {
            limit,
            out: 0,
            is_fair,
            line: Vec::new(),
        }
    }

    pub(super) fn free(&self) -> u32 {
        self.limit.saturating_sub(self.out)
    }

    pub(super) fn waiting(&self) -> u32 {
        u32::try_from(self.count(Turn::InLine)).unwrap()
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

    pub(super) fn resize(&mut self, limit: u32) -> Vec<usize> {
        self.limit = limit;
        self.wake()
    }

    /// Whether it has a permit now.
    pub(super) fn poll(&mut self, who: usize) -> bool {
        let Some(at) = self.line.iter().position(|waits| waits.who == who) else {
            let takes = self.try_take();
            if !takes {
                let turn = Turn::InLine;
                self.line.push(Waits { who, turn });
            }
            return takes;
        };
        let has_permit = match self.line[at].turn {
            Turn::InLine => return false,
            Turn::Granted => true,
            Turn::Called => self.try_take(),
        };
        let waits = self.line.remove(at);
        if !has_permit {
            let turn = Turn::InLine;
            self.line.insert(0, Waits { turn, ..waits });
        }
        has_permit
    }

    /// Whether it has a permit after all, and who is woken.
    pub(super) fn give_up(&mut self, who: usize) -> (bool, Vec<usize>) {
        let Some(at) = self.line.iter().position(|waits| waits.who == who) else {
            return (false, Vec::new());
        };
        let has_permit = match self.line.remove(at).turn {
            Turn::InLine => false,
            Turn::Granted => true,
            Turn::Called => self.try_take(),
        };
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
        while self.may_wake_one() {
            let is_fair = self.is_fair;
            let first = self
                .line
                .iter_mut()
                .find(|waits| waits.turn == Turn::InLine)
                .unwrap();
            woken.push(first.who);
            if is_fair {
                first.turn = Turn::Granted;
                self.out += 1;
            } else {
                first.turn = Turn::Called;
            }
        }
        woken
    }

    fn may_wake_one(&self) -> bool {
        self.waiting() > 0 && self.free() as usize > self.count(Turn::Called)
    }

    fn count(&self, turn: Turn) -> usize {
        self.line.iter().filter(|waits| waits.turn == turn).count()
    }
}
