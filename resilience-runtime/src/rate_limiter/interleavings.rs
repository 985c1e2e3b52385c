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
    Look {
        now: u64,
    },
}

use Operation::{ChangeLimit, Drain, Look, Reserve, Take};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Wait(Result<u64, Refused>),
    Drained(u32),
    Seen(Moment),
    Nothing,
}

fn be_sure_in(cycles: &Cycles, cycle: u64) {
    let end = cycles.period().start_of(cycle + 1).unwrap();
    cycles.be_sure_until(Ticks::from_bits(end));
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
                .map_or(Answer::Nothing, |cycle| {
                    be_sure_in(cycles, cycle);
                    Answer::Wait(Ok(0))
                })
        }
        Drain { now } => Answer::Drained(cycles.drain(now)),
        ChangeLimit { limit } => {
            cycles.change_limit(limit);
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
        Look { now } => Answer::Seen(model.look(now)),
    }
}

impl Operation {
    /// When it moves the base, if it may: that lets the time pass, for everybody, before the
    /// operation itself is done.
    fn passes_time(self) -> Option<u64> {
        match self {
            Reserve { now, .. } if now >= LATE => Some(now),
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
