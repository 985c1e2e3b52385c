//! The bulkhead: it bounds how many calls run at the same time.

#[cfg(all(test, resilience_loom))]
mod interleavings;
mod line;
#[cfg(test)]
mod model;
mod permit_word;
#[cfg(all(test, not(resilience_loom)))]
mod properties;
mod semaphore;
