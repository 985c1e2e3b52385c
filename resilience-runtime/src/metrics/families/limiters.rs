//! What needs no counting of ours: limiters show what they are at, and count by themselves.

use super::super::collect::{Collection, Definition};
use super::{counter, gauge};
use crate::policy::Policy;

const AVAILABLE_PERMISSIONS: Definition = gauge(
    "resilience4j.ratelimiter.available.permissions",
    "The number of available permissions",
);
const WAITING_THREADS: Definition = gauge(
    "resilience4j.ratelimiter.waiting_threads",
    "The number of waiting threads",
);
const AVAILABLE_CALLS: Definition = gauge(
    "resilience4j.bulkhead.available.concurrent.calls",
    "The number of available permissions",
);
const MAX_CALLS: Definition = gauge(
    "resilience4j.bulkhead.max.allowed.concurrent.calls",
    "The maximum number of available permissions",
);
const WAITING_CALLS: Definition = gauge(
    "resilience4rs.bulkhead.waiting.calls",
    "Calls that wait for a permission",
);
const QUEUE_DEPTH: Definition = gauge("resilience4j.bulkhead.queue.depth", "The queue depth");
const QUEUE_CAPACITY: Definition =
    gauge("resilience4j.bulkhead.queue.capacity", "The queue capacity");
const POOL_SIZE: Definition = gauge(
    "resilience4j.bulkhead.thread.pool.size",
    "The thread pool size",
);
const MAX_POOL_SIZE: Definition = gauge(
    "resilience4j.bulkhead.max.thread.pool.size",
    "The maximum thread pool size",
);
const CORE_POOL_SIZE: Definition = gauge(
    "resilience4j.bulkhead.core.thread.pool.size",
    "The core thread pool size",
);
const ACTIVE_THREADS: Definition = gauge(
    "resilience4j.bulkhead.active.thread.count",
    "The number of active threads",
);
const AVAILABLE_THREADS: Definition = gauge(
    "resilience4j.bulkhead.available.thread.count",
    "The number of available threads",
);
const TIME_LIMITED: Definition = counter(
    "resilience4j.timelimiter.calls",
    "The number of successful calls",
);

pub(super) const DEFINITIONS: &[Definition] = &[
    AVAILABLE_PERMISSIONS,
    WAITING_THREADS,
    AVAILABLE_CALLS,
    MAX_CALLS,
    WAITING_CALLS,
    QUEUE_DEPTH,
    QUEUE_CAPACITY,
    POOL_SIZE,
    MAX_POOL_SIZE,
    CORE_POOL_SIZE,
    ACTIVE_THREADS,
    AVAILABLE_THREADS,
    TIME_LIMITED,
];

pub(super) fn collect_rate_limiters(collection: &mut Collection<'_>) {
    for limiter in collection.registry().rate_limiters() {
        let metrics = limiter.metrics();
        let mut instance = collection.instance(Policy::RateLimiter, limiter.name());
        let available = metrics.available_permissions.into();
        instance.gauge(&AVAILABLE_PERMISSIONS, &[], available);
        let waiting = metrics.number_of_waiting_threads as f64;
        instance.gauge(&WAITING_THREADS, &[], waiting);
    }
}

pub(super) fn collect_bulkheads(collection: &mut Collection<'_>) {
    for bulkhead in collection.registry().bulkheads() {
        let metrics = bulkhead.metrics();
        let mut instance = collection.instance(Policy::Bulkhead, bulkhead.name());
        for (definition, value) in [
            (&AVAILABLE_CALLS, metrics.available_concurrent_calls),
            (&MAX_CALLS, metrics.max_allowed_concurrent_calls),
            (&WAITING_CALLS, metrics.waiting_calls),
        ] {
            instance.gauge(definition, &[], value.into());
        }
    }
}

pub(super) fn collect_thread_pools(collection: &mut Collection<'_>) {
    for bulkhead in collection.registry().thread_pool_bulkheads() {
        let metrics = bulkhead.metrics();
        let mut instance = collection.instance(Policy::ThreadPoolBulkhead, bulkhead.name());
        for (definition, value) in [
            (&QUEUE_DEPTH, metrics.queue_depth),
            (&QUEUE_CAPACITY, metrics.queue_capacity),
            (&POOL_SIZE, metrics.thread_pool_size),
            (&MAX_POOL_SIZE, metrics.maximum_thread_pool_size),
            (&CORE_POOL_SIZE, metrics.core_thread_pool_size),
            (&ACTIVE_THREADS, metrics.active_thread_count),
            (&AVAILABLE_THREADS, metrics.available_thread_count),
        ] {
            instance.gauge(definition, &[], value.into());
        }
    }
}

pub(super) fn collect_time_limiters(collection: &mut Collection<'_>) {
    for limiter in collection.registry().time_limiters() {
        let metrics = limiter.metrics();
        let mut instance = collection.instance(Policy::TimeLimiter, limiter.name());
        for (kind, calls) in [
            ("successful", metrics.successful_calls),
            ("failed", metrics.failed_calls),
            ("timeout", metrics.timed_out_calls),
        ] {
            instance.counter(&TIME_LIMITED, &[("kind", kind)], calls as f64);
        }
    }
}
