use super::cycles::Moment;
use super::schedule::Schedule;

/// Permissions of one caller, of cycles of this schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reservation {
    pub(super) schedule: Schedule,
    permissions: Permissions,
}

/// Which cycles they are of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Permissions {
    /// What the first cycle had, and then what each of the next ones brings.
    InOrder {
        cycle: u64,
        permissions: i64,
        permits: u32,
        limit: u32,
    },
    /// What others had given back: permissions by cycle.
    Openings(Vec<(u64, u32)>),
}

/// Of a reservation that reaches over more cycles than that, only those of the last ones can be
/// given back.
const MOST_CYCLES: u64 = 1024;

impl Reservation {
    /// Of the permissions that come next.
    pub(super) fn after(moment: Moment, permits: u32) -> Self {
        Self {
            schedule: moment.schedule,
            permissions: Permissions::InOrder {
                cycle: moment.cycle,
                permissions: moment.permissions,
                permits,
                limit: moment.limit,
            },
        }
    }

    /// Of permissions that others had given back.
    pub(super) fn of_openings(schedule: Schedule, shares: Vec<(u64, u32)>) -> Self {
        Self {
            schedule,
            permissions: Permissions::Openings(shares),
        }
    }

    /// Its permissions of `now` and later cycles, one cycle after another.
    pub(super) fn shares(self, now: u64) -> Vec<(u64, u32)> {
        match self.permissions {
            Permissions::Openings(mut shares) => {
                shares.retain(|(cycle, _)| *cycle >= now);
                shares
            }
            Permissions::InOrder {
                cycle: first,
                permissions,
                permits,
                limit,
            } => {
                // In the order in which cycles bring them, counted from the end of the first one.
                let (end, limit) = (i64::from(permits) - permissions, i64::from(limit));
                let begin = -permissions;
                let begins = match u64::try_from(begin) {
                    Ok(owed) => first + owed / limit.unsigned_abs() + 1,
                    Err(_) => first,
                };
                let last = first + end.max(0).unsigned_abs().div_ceil(limit.unsigned_abs());
                let share = |cycle: u64| {
                    let until = (cycle - first).cast_signed() * limit;
                    let from = if cycle == first {
                        i64::MIN
                    } else {
                        until - limit
                    };
                    let permits = until.min(end) - from.max(begin);
                    (cycle, u32::try_from(permits).unwrap_or(0))
                };
                let from = now.max(begins).max(last.saturating_sub(MOST_CYCLES - 1));
                (from..=last)
                    .map(share)
                    .filter(|(_, permits)| *permits > 0)
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate_limiter::period::Period;

    fn shares(permissions: i64, permits: u32, now: u64) -> Vec<(u64, u32)> {
        let moment = Moment {
            cycle: 5,
            permissions,
            limit: 10,
            schedule: Schedule::new(Period::new(1)),
        };
        Reservation::after(moment, permits).shares(now)
    }

    #[test]
    fn permissions_belong_to_the_cycles_that_bring_them() {
        assert_eq!(shares(3, 3, 5), [(5, 3)]);
        assert_eq!(shares(3, 5, 5), [(5, 3), (6, 2)]);
        assert_eq!(shares(0, 10, 5), [(6, 10)]);
        assert_eq!(shares(-8, 5, 5), [(6, 2), (7, 3)]);
        assert_eq!(shares(-10, 25, 5), [(7, 10), (8, 10), (9, 5)]);
        assert_eq!(
            shares(25, 20, 5),
            [(5, 20)],
            "more than the limit, after that was lowered"
        );
    }

    #[test]
    fn those_of_cycles_that_are_over_have_lapsed() {
        assert_eq!(shares(3, 5, 6), [(6, 2)]);
        assert_eq!(shares(3, 5, 7), []);
        assert_eq!(shares(-10, 25, 8), [(8, 10), (9, 5)]);
    }

    #[test]
    fn a_long_reservation_gives_back_its_end() {
        let given = shares(0, u32::MAX, 0);
        assert_eq!(given.len() as u64, MOST_CYCLES);
        assert_eq!(
            given.last(),
            Some(&(5 + u64::from(u32::MAX).div_ceil(10), 5))
        );
    }
}
