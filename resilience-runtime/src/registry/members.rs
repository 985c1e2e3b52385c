//! The instances of one policy, by name.
//!
//! A lookup reads one of several maps, so that threads seldom meet; whatever changes a map holds its
//! lock for a moment. An instance is made under a lock of its own, so that all who ask for a name at
//! the same time get the same one, and nobody gets it before those have been told who listen.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::making::Making;
use super::named::Named;
use super::shared_configs::SharedConfigs;
use crate::event_bus::{ConsumerId, Feed, Feeds};
use crate::membership::{Member, WeakMember};

/// Enough for the threads of a large machine to be apart most of the time.
const SHARDS: usize = 16;

/// How many instances are looked at to find an idle one. A bound, since the name that is looked up
/// waits for it.
const LOOKED_AT_PER_SHARD: usize = 32;

pub(crate) struct Members<M: Member> {
    pub(super) configs: SharedConfigs<M::Builder>,
    shards: [RwLock<Named<Seat<M>>>; SHARDS],
    /// How many there are, with those that are about to be.
    count: AtomicUsize,
    max: usize,
    /// Held while an instance is made.
    making: Making,
    /// Those that were removed, as long as somebody holds them.
    departed: RwLock<Vec<Departed<M>>>,
    /// The streams of the events of all instances.
    feeds: Feeds<M::Event>,
}

/// How an instance is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// Whether settings are given.
    pub(super) gives: bool,
    /// Whether there may be no room for it.
    pub(super) is_bounded: bool,
}

/// A place that is counted, and given back unless somebody takes it.
struct Reserved<'a>(&'a AtomicUsize);

impl Reserved<'_> {
    fn take(self) {
        std::mem::forget(self);
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An instance that was removed, and who waits for it to be called.
struct Departed<M> {
    name: Arc<str>,
    member: WeakMember<M>,
    waits: ConsumerId,
}

/// An instance, and whether it may be forgotten.
struct Seat<M> {
    member: M,
    /// Whether it was looked up since it was made, and since the last search for one to be forgotten:
    /// a flood of new names thus does not wash away those that come back.
    was_asked_for: AtomicBool,
    /// Whether all who listen have been told of it.
    is_announced: AtomicBool,
    /// Whether somebody has given it settings.
    is_claimed: AtomicBool,
}

impl<M: Member> Members<M> {
    pub(super) fn new(max: usize) -> Self {
        Self {
            configs: SharedConfigs::default(),
            shards: std::array::from_fn(|_| RwLock::new(Named::default())),
            count: AtomicUsize::new(0),
            max,
            making: Making::default(),
            departed: RwLock::new(Vec::new()),
            feeds: Feeds::default(),
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<M> {
        self.find_for(name, false)
    }

    /// The instance of this name; for one who gives settings, only if others have done so before.
    #[inline]
    pub(super) fn find_for(&self, name: &str, gives: bool) -> Option<M> {
        let shard = read(self.shard(name));
        let seat = shard.get(name)?;
        // Relaxed, here and below: flags of their own. Read first, since most of them are set.
        if !seat.was_asked_for.load(Ordering::Relaxed) {
            seat.was_asked_for.store(true, Ordering::Relaxed);
        }
        if gives && !seat.is_claimed.load(Ordering::Relaxed) {
            return None;
        }
        let member = seat.member.clone();
        // Acquire: with what those have done who were told of it.
        let is_announced = seat.is_announced.load(Ordering::Acquire);
        drop(shard);
        if !is_announced {
            self.making.wait();
        }
        Some(member)
    }

    /// Whether the caller is the first to give the instance of this name settings.
    pub(super) fn claim(&self, name: &str) -> bool {
        let shard = read(self.shard(name));
        shard
            .get(name)
            .is_some_and(|seat| !seat.is_claimed.swap(true, Ordering::Relaxed))
    }

    /// Whether somebody has asked for the instance of this name, or given it settings.
    #[cfg(feature = "config")]
    pub(super) fn is_used(&self, name: &str) -> bool {
        read(self.shard(name)).get(name).is_some_and(|seat| {
            seat.is_claimed.load(Ordering::Relaxed)
                || seat.was_asked_for.load(Ordering::Relaxed)
                || seat.member.handles() > 1
        })
    }

    /// What was given does not fit: the next who gives settings is the first.
    pub(super) fn unclaim(&self, name: &str) {
        if let Some(seat) = read(self.shard(name)).get(name) {
            seat.is_claimed.store(false, Ordering::Relaxed);
        }
    }

    /// All of them, ordered by name.
    pub(super) fn by_name(&self) -> Vec<M> {
        let mut members: Vec<M> = Vec::new();
        for shard in &self.shards {
            members.extend(read(shard).values().map(|seat| seat.member.clone()));
        }
        members.sort_by(|one, other| one.membership().name().cmp(other.membership().name()));
        members
    }

    /// The instance of this name, made with `make` if there is none, and `announce`d before anybody
    /// else can have it. Where the bound is reached, and no other instance can be forgotten, it is
    /// made but not kept.
    pub(super) fn find_or_make<E>(
        &self,
        name: &str,
        manner: Manner,
        make: impl FnOnce(Arc<str>, Option<M>) -> Result<M, E>,
        announce: impl FnOnce(&M, bool),
        forget: impl Fn(&M),
    ) -> Result<M, E> {
        let making = self.making.begin();
        // Somebody else may have made it meanwhile.
        if let Some(member) = self.find(name) {
            return Ok(member);
        }
        let departed = self.departed(name);
        let comes_back = departed.is_some();
        // One that comes back is held, and there anyway.
        let place = if comes_back || !manner.is_bounded {
            self.count.fetch_add(1, Ordering::Relaxed);
            Some(Reserved(&self.count))
        } else {
            self.make_room(name, forget).then(|| Reserved(&self.count))
        };
        let member = make(name.into(), departed)?;
        if comes_back {
            self.is_back(&member);
        }
        let has_room = place.is_some();
        if let Some(place) = place {
            let name = Arc::clone(member.membership().name());
            write(self.shard(&name)).insert(name, Seat::of(member.clone(), manner.gives));
            place.take();
        }
        // It is found by those who close a stream, and by nobody else before it is announced.
        self.feeds.tell_of(member.event_bus());
        announce(&member, has_room);
        if has_room && let Some(seat) = read(self.shard(name)).get(name) {
            seat.is_announced.store(true, Ordering::Release);
        }
        drop(making);
        Ok(member)
    }

    /// Takes the instance of this name out. It is kept aside as long as somebody holds it, to come
    /// back under that name as the same; `called` hears of it when somebody makes a call.
    pub(super) fn remove(
        &self,
        name: &str,
        called: impl Fn() + Send + Sync + 'static,
    ) -> Option<M> {
        // Or it could come back while it goes.
        let _making = self.making.begin();
        let member = write(self.shard(name)).remove(name)?.member;
        self.count.fetch_sub(1, Ordering::Relaxed);
        member.begin_afresh();
        let waits = member.event_bus().subscribe(Arc::new(move |_| called()));
        // Under the lock of its settings, which a change of them decides anew.
        let layers = member.membership().layers();
        member.tell_of_next_call(true);
        drop(layers);
        // Any of these may turn out to be the last handle, whose end is not for here.
        let mut held = Vec::new();
        let mut departed = write(&self.departed);
        departed.retain(|one| {
            let before = held.len();
            held.extend((one.member)());
            held.len() > before
        });
        departed.push(Departed {
            name: Arc::clone(member.membership().name()),
            member: member.weak(),
            waits,
        });
        drop(departed);
        drop(held);
        Some(member)
    }

    /// An instance that was removed comes back: nobody waits for its next call any more.
    fn is_back(&self, member: &M) {
        let name = member.membership().name();
        let waited = {
            let mut departed = write(&self.departed);
            let place = departed.iter().position(|one| one.name == *name);
            place.map(|place| departed.swap_remove(place))
        };
        if let Some(waited) = waited {
            member.event_bus().unsubscribe(waited.waits);
            let layers = member.membership().layers();
            member.tell_of_next_call(false);
            drop(layers);
        }
    }

    /// The instance of this name that was removed and has not come back.
    pub(super) fn departed(&self, name: &str) -> Option<M> {
        let departed = read(&self.departed);
        let one = departed.iter().find(|one| *one.name == *name)?;
        (one.member)()
    }

    /// A stream of the events of all instances.
    pub(super) fn open_feed(&self, capacity: usize) -> Feed<M::Event> {
        // Nobody makes an instance meanwhile, which might be told of the stream too late.
        let _making = self.making.begin();
        let feed = self.feeds.open(capacity);
        for member in self.by_name() {
            feed.follow(member.event_bus());
        }
        feed
    }

    pub(super) fn close_feed(&self, feed: &Feed<M::Event>) {
        self.feeds.close(feed);
        let departed: Vec<M> = read(&self.departed)
            .iter()
            .filter_map(|one| (one.member)())
            .collect();
        for member in self.by_name().iter().chain(&departed) {
            feed.unfollow(member.event_bus());
        }
    }

    /// Reserves a place, if need be that of an idle instance.
    fn make_room(&self, name: &str, forget: impl Fn(&M)) -> bool {
        let reserve = || {
            self.count
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| {
                    (count < self.max).then_some(count + 1)
                })
                .is_ok()
        };
        let first = shard_of(name);
        // An idle one first, and only where there is none, one that has counted something. Again from
        // the first: what was asked for of late is spared once.
        let has_counted = |member: &M| member.is_expendable() && !member.is_idle();
        for only_idle in [true, false, true, false] {
            let may_go = |member: &M| {
                if only_idle {
                    member.is_idle()
                } else {
                    has_counted(member)
                }
            };
            for shard in (0..SHARDS).map(|next| (first + next) % SHARDS) {
                if reserve() {
                    return true;
                }
                if let Some(member) = take_one(&self.shards[shard], may_go) {
                    self.count.fetch_sub(1, Ordering::Relaxed);
                    forget(&member);
                }
            }
        }
        reserve()
    }

    fn shard(&self, name: &str) -> &RwLock<Named<Seat<M>>> {
        &self.shards[shard_of(name)]
    }
}

impl<M> Seat<M> {
    fn of(member: M, is_claimed: bool) -> Self {
        Self {
            member,
            was_asked_for: AtomicBool::new(false),
            is_announced: AtomicBool::new(false),
            is_claimed: AtomicBool::new(is_claimed),
        }
    }
}

/// Takes out an instance that may go and that nobody has asked for of late.
fn take_one<M: Member>(shard: &RwLock<Named<Seat<M>>>, may_go: impl Fn(&M) -> bool) -> Option<M> {
    let seat = write(shard).take_one(LOOKED_AT_PER_SHARD, |seat| {
        // Who asks gets the handle under this lock, so that the count is right.
        let may_go = seat.is_announced.load(Ordering::Relaxed)
            && seat.member.handles() == 1
            && may_go(&seat.member)
            && seat.member.membership().layers().changed.is_none();
        may_go && !seat.was_asked_for.swap(false, Ordering::Relaxed)
    })?;
    Some(seat.member)
}

/// By the end of the name, where names that are computed differ. Who chooses names can fill one map,
/// which costs others nothing but company.
fn shard_of(name: &str) -> usize {
    let end = match name.as_bytes() {
        [.., a, b, c, d] => u32::from_le_bytes([*a, *b, *c, *d]),
        short => short
            .iter()
            .fold(0, |end, byte| end << 8 | u32::from(*byte)),
    };
    // The multiplier of Fibonacci hashing: the upper bits depend on all of the lower.
    (end.wrapping_mul(0x9e37_79b9) >> 16) as usize % SHARDS
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
