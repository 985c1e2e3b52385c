//! The rate limiter.

mod cycle_word;
mod cycles;
#[cfg(all(test, resilience_loom))]
mod interleavings;
mod ledger;
#[cfg(test)]
mod model;
mod openings;
mod period;
#[cfg(all(test, not(resilience_loom)))]
mod properties;
mod reservation;
