//! Every interleaving of a few operations is one that the model can do in some order.
//!
//! Run by `cargo xtask loom`.

use loom::sync::Arc;
use loom::thread;

use super::cycle_word::CYCLES_OF_A_BASE;
use super::cycles::{Cycles, Moment, Refused};
use super::ledger::Ledger;
use super::model::Model;
use super::period::Period;
use crate::clock::Ticks;

const PERIOD: u64 = 100;
const LIMIT: u32 = 2;
/// A time from which the base does not reach back to 0.
const LATE: u64 = (CYCLES_OF_A_BASE + 3) * PERIOD;

#[derive(Debug, Clone, Copy)]
enum Operation {
    Reserve {
        now: u64,
        permits: u32,
        timeout: u64,
    },
    /// On the short ways.
    Take {
        now: u64,
        permits: u32,
    },
    Drain {
        now: u64,
    },
    ChangeLimit {
        limit: u32,
    },
    ChangePeriod {
        now: u64,
        period: u64,
        limit: u32,
    },
    Look {
        now: u64,
    },
}

use Operation::{ChangeLimit, ChangePeriod, Drain, Look, Reserve, Take};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Wait(Result<u64, Refused>),
    Drained(u32),
    Seen(Moment),
    Nothing,
}

fn be_sure_in(cycles: &Cycles, cycle: u64) {
    cycles.be_sure_in(cycle, |end| Some(Ticks::from_bits(end)));
}

fn perform(cycles: &Cycles, operation: Operation) -> Answer {
    match operation {
        Reserve {
            now,
            permits,
            timeout,
        } => {
            let reserved = cycles.reserve(now, permits, timeout);
            if let Ok(reserved) = &reserved {
                be_sure_in(cycles, reserved.moment.cycle);
            }
            Answer::Wait(reserved.map(|reserved| reserved.wait_nanos))
        }
        Take { now, permits } => {
            if cycles.take(Ticks::from_bits(now), permits) {
                return Answer::Wait(Ok(0));
            }
            cycles
                .take_at(now, permits)
                .map_or(Answer::Nothing, |moment| {
                    be_sure_in(cycles, moment.cycle);
                    Answer::Wait(Ok(0))
                })
        }
        Drain { now } => Answer::Drained(cycles.drain(now)),
        ChangeLimit { limit } => {
            cycles.change_limit(limit);
            Answer::Nothing
        }
        ChangePeriod { now, period, limit } => {
            cycles.change_period(Period::new(period), limit, || now);
            Answer::Nothing
        }
        Look { now } => Answer::Seen(cycles.look(now)),
    }
}

fn perform_on_model(model: &mut Model, operation: Operation, seen: Answer) -> Answer {
    match operation {
        Reserve {
            now,
            permits,
            timeout,
        } => Answer::Wait(model.reserve(now, permits, timeout)),
        // It may always fail; then it did nothing.
        Take { .. } if seen == Answer::Nothing => seen,
        Take { now, permits } => Answer::Wait(model.reserve(now, permits, 0)),
        Drain { now } => Answer::Drained(model.drain(now)),
        ChangeLimit { limit } => {
            model.change_limit(limit);
            Answer::Nothing
        }
        ChangePeriod { now, period, limit } => {
            model.change_period(now, period, limit);
            Answer::Nothing
        }
        Look { now } => Answer::Seen(model.look(now)),
    }
}

impl Operation {
    /// When it moves the base, if it may: that lets the time pass, for everybody, before the
    /// operation itself is done.
    fn passes_time(self) -> Option<u64> {
        match self {
            Reserve { now, .. } | ChangePeriod { now, .. } if now >= LATE => Some(now),
            _ => None,
        }
    }
}

type History = Vec<(Operation, Answer)>;

/// Whether the threads' operations, in some order, answer on the model what they answered here, and
/// leave it as they left the cycles.
fn is_linear(model: &Model, threads: &[&[(Operation, Answer)]], end: &[Moment]) -> bool {
    if threads.iter().all(|thread| thread.is_empty()) {
        return looks(|now| model.look(now)) == end;
    }
    (0..threads.len()).any(|next| {
        let Some(((operation, answer), rest)) = threads[next].split_first() else {
            return false;
        };
        let mut after = model.clone();
        let mut left = threads.to_vec();
        left[next] = rest;
        let is_next = perform_on_model(&mut after, *operation, *answer) == *answer
            && is_linear(&after, &left, end);
        is_next
            || operation
                .passes_time()
                .and_then(|now| model.at_later_cycle(now))
                .is_some_and(|later| is_linear(&later, threads, end))
    })
}

/// At times before, in and after the cycles of the operations.
fn looks(look: impl Fn(u64) -> Moment) -> Vec<Moment> {
    let early = [0, PERIOD, 2 * PERIOD];
    let late = [LATE, LATE + PERIOD, 2 * LATE, 3 * LATE, 3 * LATE + PERIOD];
    early.into_iter().chain(late).map(look).collect()
}

/// `before` happens before the threads begin.
fn assert_linear<const THREADS: usize>(
    before: &'static [Operation],
    threads: [&'static [Operation]; THREADS],
) {
    loom::model(move || {
        let cycles = Arc::new(Cycles::new(LIMIT, Period::new(PERIOD)));
        let mut model = Model::new(LIMIT, PERIOD);
        for operation in before {
            let answer = perform(&cycles, *operation);
            assert_eq!(perform_on_model(&mut model, *operation, answer), answer);
        }
        let perform_all = |operations: &'static [Operation], cycles: Arc<Cycles>| -> History {
            operations
                .iter()
                .map(|operation| (*operation, perform(&cycles, *operation)))
                .collect()
        };
        let others: Vec<_> = threads[1..]
            .iter()
            .map(|operations| {
                let cycles = cycles.clone();
                let operations = *operations;
                thread::spawn(move || perform_all(operations, cycles))
            })
            .collect();
        let mut histories = vec![perform_all(threads[0], cycles.clone())];
        histories.extend(others.into_iter().map(|other| other.join().unwrap()));
        let threads: Vec<_> = histories.iter().map(Vec::as_slice).collect();
        let end = looks(|now| cycles.look(now));
        assert!(is_linear(&model, &threads, &end), "{histories:?} {end:?}");
    });
}

const RESERVE_ONE_AHEAD: Operation = Reserve {
    now: 0,
    permits: 1,
    timeout: 10 * PERIOD,
};

#[test]
fn three_callers_share_two_permissions() {
    const ONE: &[Operation] = &[Reserve {
        now: 0,
        permits: 1,
        timeout: 0,
    }];
    assert_linear(&[], [ONE, ONE, ONE]);
}

#[test]
fn reservations_follow_one_another() {
    assert_linear(
        &[],
        [
            &[RESERVE_ONE_AHEAD, RESERVE_ONE_AHEAD],
            &[RESERVE_ONE_AHEAD, RESERVE_ONE_AHEAD],
        ],
    );
}

#[test]
fn a_new_cycle_brings_its_permissions_once() {
    const AT_ITS_BEGIN: Operation = Reserve {
        now: PERIOD,
        permits: 1,
        timeout: 0,
    };
    const BEFORE: Operation = Reserve {
        now: PERIOD - 1,
        permits: 1,
        timeout: 0,
    };
    assert_linear(
        &[RESERVE_ONE_AHEAD, RESERVE_ONE_AHEAD],
        [&[AT_ITS_BEGIN, AT_ITS_BEGIN], &[AT_ITS_BEGIN], &[BEFORE]],
    );
}

#[test]
fn the_short_way_takes_permissions_of_the_running_cycle_only() {
    const TAKE_IN_FIRST: Operation = Take {
        now: PERIOD - 1,
        permits: 1,
    };
    const TAKE_IN_SECOND: Operation = Take {
        now: PERIOD + 1,
        permits: 1,
    };
    const RESERVE_IN_SECOND: Operation = Reserve {
        now: PERIOD,
        permits: 1,
        timeout: 0,
    };
    assert_linear(
        &[RESERVE_ONE_AHEAD],
        [
            &[RESERVE_IN_SECOND],
            &[TAKE_IN_FIRST, TAKE_IN_SECOND],
            &[TAKE_IN_SECOND],
        ],
    );
}

#[test]
fn a_limit_that_changes_counts_from_then_on() {
    const NEXT_CYCLE: Operation = Reserve {
        now: PERIOD,
        permits: 3,
        timeout: 0,
    };
    assert_linear(
        &[RESERVE_ONE_AHEAD],
        [
            &[ChangeLimit { limit: 5 }, ChangeLimit { limit: 1 }],
            &[NEXT_CYCLE, Look { now: PERIOD }],
        ],
    );
}

#[test]
fn a_refusal_goes_by_one_limit() {
    const TOO_MANY: Operation = Reserve {
        now: 0,
        permits: 3,
        timeout: 0,
    };
    assert_linear(
        &[RESERVE_ONE_AHEAD],
        [
            &[ChangeLimit { limit: 5 }, ChangeLimit { limit: 1 }],
            &[TOO_MANY, Look { now: PERIOD }],
        ],
    );
}

#[test]
fn of_two_limits_the_last_one_stays() {
    assert_linear(
        &[RESERVE_ONE_AHEAD],
        [
            &[ChangeLimit { limit: 5 }],
            &[ChangeLimit { limit: 7 }],
            &[Look { now: PERIOD }],
        ],
    );
}

#[test]
fn draining_takes_what_nobody_else_takes() {
    assert_linear(
        &[],
        [
            &[Drain { now: PERIOD }],
            &[
                Reserve {
                    now: PERIOD,
                    permits: 1,
                    timeout: 0,
                },
                Look { now: PERIOD },
            ],
        ],
    );
}

#[test]
fn a_base_is_moved_once_for_everybody() {
    const LATE_ONE: Operation = Reserve {
        now: LATE,
        permits: 1,
        timeout: 0,
    };
    const LATER_ONE: Operation = Reserve {
        now: LATE + PERIOD,
        permits: 1,
        timeout: 0,
    };
    assert_linear(
        &[RESERVE_ONE_AHEAD, RESERVE_ONE_AHEAD, RESERVE_ONE_AHEAD],
        [&[LATE_ONE], &[LATER_ONE], &[RESERVE_ONE_AHEAD]],
    );
}

#[test]
fn a_thread_that_slept_while_the_base_moved_twice_spoils_neither() {
    const LATE_ONE: Operation = Reserve {
        now: LATE,
        permits: 1,
        timeout: 0,
    };
    const MUCH_LATER_ONE: Operation = Reserve {
        now: 2 * LATE,
        permits: 1,
        timeout: 0,
    };
    const LAST_TWO: Operation = Reserve {
        now: 3 * LATE,
        permits: 2,
        timeout: 0,
    };
    assert_linear(
        &[RESERVE_ONE_AHEAD, RESERVE_ONE_AHEAD],
        [&[LATE_ONE, MUCH_LATER_ONE], &[LAST_TWO]],
    );
}

#[test]
fn a_base_and_a_limit_may_change_at_once() {
    assert_linear(
        &[RESERVE_ONE_AHEAD],
        [
            &[ChangeLimit { limit: 5 }],
            &[Reserve {
                now: LATE,
                permits: 4,
                timeout: 0,
            }],
        ],
    );
}

const LONGER: Operation = ChangePeriod {
    now: PERIOD / 2,
    period: 7 * PERIOD,
    limit: 3,
};

#[test]
fn a_call_sees_one_schedule_whole() {
    assert_linear(
        &[RESERVE_ONE_AHEAD],
        [
            &[LONGER, Look { now: PERIOD }],
            &[RESERVE_ONE_AHEAD, RESERVE_ONE_AHEAD],
            &[Look { now: 8 * PERIOD }],
        ],
    );
}

#[test]
fn what_is_left_when_the_period_changes_is_neither_lost_nor_doubled() {
    const TAKE_ONE: Operation = Take {
        now: PERIOD / 2,
        permits: 1,
    };
    assert_linear(
        &[TAKE_ONE],
        [
            &[LONGER],
            &[TAKE_ONE, TAKE_ONE],
            &[Drain { now: PERIOD / 2 }],
        ],
    );
}

#[test]
fn a_period_may_change_again_while_a_caller_reads_the_last_one() {
    const SHORTER: Operation = ChangePeriod {
        now: PERIOD,
        period: 3,
        limit: 2,
    };
    assert_linear(
        &[RESERVE_ONE_AHEAD],
        [
            &[LONGER, SHORTER],
            &[Reserve {
                now: PERIOD + 10,
                permits: 4,
                timeout: 10 * PERIOD,
            }],
        ],
    );
}

#[test]
fn a_base_and_a_period_may_change_at_once() {
    assert_linear(
        &[RESERVE_ONE_AHEAD],
        [
            &[ChangePeriod {
                now: LATE,
                period: 7,
                limit: 3,
            }],
            &[Reserve {
                now: LATE + PERIOD,
                permits: 1,
                timeout: 0,
            }],
        ],
    );
}

/// The base that a caller settles who has overslept the change is in no cycle of the new schedule.
#[test]
fn a_base_that_is_settled_too_late_moves_nobody_into_the_future() {
    loom::model(|| {
        let cycles = Arc::new(Cycles::new(LIMIT, Period::new(1)));
        let late = {
            let cycles = cycles.clone();
            thread::spawn(move || cycles.reserve(2 * CYCLES_OF_A_BASE, 1, 0).is_ok())
        };
        let just_before = CYCLES_OF_A_BASE - 2;
        cycles.change_period(Period::new(PERIOD), LIMIT, || just_before);
        late.join().unwrap();
        let (schedule, _) = cycles.settings();
        let later = schedule.start + 3 * CYCLES_OF_A_BASE * PERIOD;
        for now in [later, later + PERIOD] {
            let _ = cycles.reserve(now, 1, 0);
            assert_eq!(cycles.look(now).cycle, schedule.cycle_at(now));
        }
    });
}

/// Whoever is sure of the cycle came before it ended, and so does not take from one that is over.
#[test]
fn who_is_sure_of_a_cycle_takes_nothing_when_a_shorter_one_is_over() {
    use loom::sync::atomic::{AtomicU64, Ordering};
    const SHORT: u64 = 10;
    loom::model(|| {
        let cycles = Arc::new(Cycles::new(LIMIT, Period::new(PERIOD)));
        // All see it go on in the same order, as they do a clock.
        let clock = Arc::new(AtomicU64::new(0));
        let sure = cycles.take_at(0, 1).unwrap();
        be_sure_in(&cycles, sure.cycle);
        let caller = {
            let (cycles, clock) = (cycles.clone(), clock.clone());
            thread::spawn(move || {
                let now = 2 * SHORT;
                clock.fetch_max(now, Ordering::AcqRel);
                let has_taken = cycles.take(Ticks::from_bits(now), 1);
                let granted = cycles.take_at(now, 1).is_some();
                if granted {
                    be_sure_in(&cycles, cycles.look(now).cycle);
                }
                (has_taken, granted)
            })
        };
        cycles.change_period(Period::new(SHORT), LIMIT, || {
            clock.fetch_add(0, Ordering::AcqRel)
        });
        let (schedule, _) = cycles.settings();
        let (has_taken, _) = caller.join().unwrap();
        if schedule.start == 0 {
            assert!(!has_taken, "its cycle had ended at {SHORT}");
        }
        // Nobody is sure of what the change has made untrue.
        let end = schedule.start_of(cycles.look(2 * SHORT).cycle + 1).unwrap();
        assert!(!cycles.is_sure(Ticks::from_bits(end)));
    });
}

/// It is given back by the old schedule's cycles, and is had once, or has lapsed.
#[test]
fn what_is_given_back_while_the_period_changes_is_had_once_at_most() {
    loom::model(|| {
        let ledger = Arc::new(Ledger::new(1, Period::new(PERIOD)));
        ledger.reserve(0, 1, 0).unwrap();
        let first = ledger.reserve(0, 1, 10 * PERIOD).unwrap().reservation;
        ledger.reserve(0, 1, 10 * PERIOD).unwrap();
        let other = {
            let ledger = ledger.clone();
            thread::spawn(move || ledger.reserve(0, 1, 2 * PERIOD).is_ok())
        };
        let changing = {
            let ledger = ledger.clone();
            thread::spawn(move || {
                ledger
                    .cycles
                    .change_period(Period::new(4 * PERIOD), 1, || PERIOD / 2);
            })
        };
        ledger.give_back(0, first);
        let had = other.join().unwrap();
        changing.join().unwrap();
        let moment = ledger.cycles.look(PERIOD / 2);
        let again = ledger.reserve(PERIOD / 2, 1, 2 * PERIOD).is_ok();
        assert!(!(had && again), "{moment:?}");
        assert!(had || again, "it was lost");
    });
}

/// Three permissions wait for the next cycles; the one of cycle 1 is given back while two callers
/// come who would have to wait longer.
#[test]
fn what_is_given_back_goes_to_one_newcomer() {
    loom::model(|| {
        let ledger = Arc::new(Ledger::new(1, Period::new(PERIOD)));
        ledger.reserve(0, 1, 0).unwrap();
        let first = ledger.reserve(0, 1, 10 * PERIOD).unwrap().reservation;
        ledger.reserve(0, 1, 10 * PERIOD).unwrap();
        let newcomer = |ledger: Arc<Ledger>| move || ledger.reserve(0, 1, PERIOD).is_ok();
        let others = [(); 2].map(|()| thread::spawn(newcomer(ledger.clone())));
        ledger.give_back(0, first);
        let had = others.map(|other| other.join().unwrap());
        let had = had.into_iter().filter(|had| *had).count();
        assert!(had <= 1);
        assert_eq!(ledger.open_in(1), 1 - had as i64);
    });
}

/// Nobody has reserved ahead, so what was given back is like what nobody took: one caller brings it
/// back to the cycle, while another takes what there is and reserves ahead.
#[test]
fn what_is_given_back_to_its_own_cycle_is_neither_lost_nor_doubled() {
    loom::model(|| {
        let ledger = Arc::new(Ledger::new(2, Period::new(PERIOD)));
        ledger.reserve(0, 2, 0).unwrap();
        let reservation = ledger.reserve(0, 1, PERIOD).unwrap().reservation;
        ledger.give_back(0, reservation);
        let newcomer = |ledger: Arc<Ledger>, permits, timeout| {
            move || {
                let reserved = ledger.reserve(PERIOD, permits, timeout);
                reserved.map_or(0, |_| permits)
            }
        };
        let others = [
            thread::spawn(newcomer(ledger.clone(), 2, 0)),
            thread::spawn(newcomer(ledger.clone(), 2, PERIOD)),
        ];
        let had: u32 = others.map(|other| other.join().unwrap()).iter().sum();
        let left = ledger.cycles.look(PERIOD).permissions + ledger.open_in(1);
        assert_eq!(i64::from(had) + left, 2);
    });
}
