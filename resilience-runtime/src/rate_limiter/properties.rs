//! A sequence of operations does what it does on the model, and gives no permission twice.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::cycle_word::CYCLES_OF_A_BASE;
use super::cycles::Cycles;
use super::ledger::Ledger;
use super::model::Model;
use super::period::Period;
use super::reservation::Reservation;

#[derive(Debug, Clone, Copy)]
enum Operation {
    Reserve {
        permits: u32,
        cycles_of_timeout: u64,
    },
    Drain,
    ChangeLimit {
        limit: u32,
    },
    ChangePeriod {
        period: u64,
        limit: u32,
    },
    Advance {
        cycles: u64,
        part: u64,
    },
    Look,
}

fn limit() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 1..=20u32, 1 => Just(i32::MAX.unsigned_abs())]
}

fn operation() -> impl Strategy<Value = Operation> {
    let permits = prop_oneof![
        20 => 0..=25u32,
        1 => Just(i32::MAX.unsigned_abs()),
        1 => Just(u32::MAX),
    ];
    let cycles = prop_oneof![
        4 => Just(0),
        8 => 0..5u64,
        1 => CYCLES_OF_A_BASE - 2..CYCLES_OF_A_BASE + 2,
        // A debt of that many permissions is paid, or nearly so.
        1 => (1 << 30) - 2..(1 << 32) + 2u64,
    ];
    prop_oneof![
        30 => (permits, prop_oneof![3 => 0..6u64, 1 => Just(1 << 33)])
            .prop_map(|(permits, cycles_of_timeout)| Operation::Reserve { permits, cycles_of_timeout }),
        3 => Just(Operation::Drain),
        3 => limit().prop_map(|limit| Operation::ChangeLimit { limit }),
        3 => (period(), limit()).prop_map(|(period, limit)| Operation::ChangePeriod { period, limit }),
        20 => (cycles, any::<u64>()).prop_map(|(cycles, part)| Operation::Advance { cycles, part }),
        4 => Just(Operation::Look),
    ]
}

fn period() -> impl Strategy<Value = u64> {
    prop_oneof![Just(1), 2..10u64, Just(500), Just(1 << 20)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cycles_are_resilience4js(limit in limit(), period in period(), operations in vec(operation(), 0..200)) {
        let cycles = Cycles::new(limit, Period::new(period));
        let mut model = Model::new(limit, period);
        let (mut now, mut period) = (0_u64, period);
        for operation in operations {
            match operation {
                Operation::Reserve { permits, cycles_of_timeout } => {
                    let timeout = cycles_of_timeout * period;
                    let expected = model.reserve(now, permits, timeout);
                    if cycles.take_at(now, permits).is_some() {
                        prop_assert_eq!(expected, Ok(0));
                        continue;
                    }
                    let reserved = cycles.reserve(now, permits, timeout);
                    prop_assert_eq!(reserved.map(|reserved| reserved.wait_nanos), expected);
                }
                Operation::Drain => prop_assert_eq!(cycles.drain(now), model.drain(now)),
                Operation::ChangeLimit { limit } => {
                    cycles.change_limit(limit);
                    model.change_limit(limit);
                }
                Operation::ChangePeriod { period: other, limit } => {
                    cycles.change_period(Period::new(other), limit, || now);
                    model.change_period(now, other, limit);
                    period = other;
                }
                Operation::Advance { cycles, part } => now += cycles * period + part % period,
                Operation::Look => {}
            }
            prop_assert_eq!(cycles.look(now), model.look(now));
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Move {
    Reserve {
        permits: u32,
        cycles_of_timeout: u64,
    },
    /// One of those who wait goes away.
    GiveBack {
        which: usize,
    },
    Drain,
    Advance {
        nanos: u64,
    },
}

fn next_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        8 => (1..=12u32, 0..8u64).prop_map(|(permits, cycles_of_timeout)| Move::Reserve { permits, cycles_of_timeout }),
        8 => (1..=2u32, 0..12u64).prop_map(|(permits, cycles_of_timeout)| Move::Reserve { permits, cycles_of_timeout }),
        8 => any::<usize>().prop_map(|which| Move::GiveBack { which }),
        1 => Just(Move::Drain),
        8 => (0..300u64).prop_map(|nanos| Move::Advance { nanos }),
    ]
}

const PERIOD: u64 = 100;

/// Whose permissions of which cycle: each cycle has `limit` of them, and each is with one caller,
/// drained, open, or not given out yet.
struct Books {
    limit: i64,
    ledger: Ledger,
    /// Who waits: until when, and for what.
    waiting: Vec<(u64, Reservation)>,
    used: BTreeMap<u64, i64>,
}

impl Books {
    fn use_up(&mut self, reservation: Reservation) {
        for (cycle, permits) in reservation.shares(0) {
            *self.used.entry(cycle).or_default() += i64::from(permits);
        }
    }

    /// What a cycle has given out.
    fn given_out(&self, cycle: u64) -> i64 {
        let waiting = self
            .waiting
            .iter()
            .flat_map(|(_, reservation)| reservation.clone().shares(0));
        let of_cycle = waiting.filter(|share| share.0 == cycle);
        let waited_for: i64 = of_cycle.map(|share| i64::from(share.1)).sum();
        waited_for + self.used.get(&cycle).copied().unwrap_or(0)
    }

    fn check(&self, now: u64) -> Result<(), TestCaseError> {
        let moment = self.ledger.cycles.look(now);
        let ahead = -moment.permissions.min(0);
        let last = moment.cycle + ahead.unsigned_abs().div_ceil(self.limit.unsigned_abs());
        for cycle in moment.cycle..=last {
            let untaken = if cycle == moment.cycle {
                moment.permissions.max(0)
            } else if cycle == last {
                (cycle - moment.cycle).cast_signed() * self.limit - ahead
            } else {
                0
            };
            let open = self.ledger.open_in(cycle);
            let given_out = self.given_out(cycle);
            prop_assert_eq!(
                given_out + open + untaken,
                self.limit,
                "cycle {} of {:?}",
                cycle,
                moment
            );
        }
        for (cycle, used) in &self.used {
            prop_assert!(*used <= self.limit, "cycle {cycle}");
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_given_back_is_given_out_once(limit in 1..=5u32, moves in vec(next_move(), 0..120)) {
        let mut now = 0;
        let mut books = Books {
            limit: limit.into(),
            ledger: Ledger::new(limit, Period::new(PERIOD)),
            waiting: Vec::new(),
            used: BTreeMap::new(),
        };
        for next in moves {
            match next {
                Move::Reserve { permits, cycles_of_timeout } => {
                    let timeout = cycles_of_timeout * PERIOD;
                    let Ok(reserved) = books.ledger.reserve(now, permits, timeout) else { continue };
                    prop_assert!(reserved.wait_nanos <= timeout);
                    let at = now + reserved.wait_nanos;
                    let last = reserved.reservation.clone().shares(0).last().unwrap().0;
                    prop_assert_eq!(at / PERIOD, last, "it goes when its last permission comes");
                    if reserved.wait_nanos == 0 {
                        books.use_up(reserved.reservation);
                    } else {
                        books.waiting.push((at, reserved.reservation));
                    }
                }
                Move::GiveBack { which } => {
                    if !books.waiting.is_empty() {
                        let which = which % books.waiting.len();
                        let (_, reservation) = books.waiting.swap_remove(which);
                        // What has lapsed was nobody's use.
                        books.ledger.give_back(now, reservation);
                    }
                }
                Move::Drain => {
                    let drained = books.ledger.drain(now);
                    *books.used.entry(now / PERIOD).or_default() += i64::from(drained);
                    prop_assert!(books.ledger.available(books.ledger.cycles.look(now)) <= 0);
                }
                Move::Advance { nanos } => {
                    now += nanos;
                    let gone: Vec<_> = books.waiting.extract_if(.., |(at, _)| *at <= now).collect();
                    for (_, reservation) in gone {
                        books.use_up(reservation);
                    }
                }
            }
            books.check(now)?;
        }
    }
}
