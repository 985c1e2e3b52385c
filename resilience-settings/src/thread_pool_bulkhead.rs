//! The settings of a thread-pool bulkhead, as in Resilience4j's `ThreadPoolBulkheadConfig`.

use std::time::Duration;

use crate::{Kind, Setting, SettingError};

/// How many threads are kept, and started before anything is queued.
pub const CORE_THREAD_POOL_SIZE: Setting = Setting::new(
    "core_thread_pool_size",
    Kind::Count {
        min: 1,
        max: u32::MAX,
    },
);
/// How many threads there may be once the queue is full.
pub const MAX_THREAD_POOL_SIZE: Setting = Setting::new(
    "max_thread_pool_size",
    Kind::Count {
        min: 1,
        max: u32::MAX,
    },
);
/// How many calls may wait for a thread; zero hands each call to a thread or refuses it.
pub const QUEUE_CAPACITY: Setting = Setting::new(
    "queue_capacity",
    Kind::Count {
        min: 0,
        max: u32::MAX,
    },
);
/// How long a thread beyond the core stays without work.
pub const KEEP_ALIVE_DURATION: Setting = Setting::new(
    "keep_alive_duration",
    Kind::Duration {
        min: Duration::ZERO,
    },
);

/// Every setting of a thread-pool bulkhead.
pub const SETTINGS: &[Setting] = &[
    CORE_THREAD_POOL_SIZE,
    MAX_THREAD_POOL_SIZE,
    QUEUE_CAPACITY,
    KEEP_ALIVE_DURATION,
];

/// The rule between the two sizes: there are at least as many threads as are kept.
///
/// # Errors
/// When there are not.
///
/// ```
/// use resilience_settings::thread_pool_bulkhead::check_pool;
///
/// assert!(check_pool(4, 4).is_ok());
/// assert_eq!(
///     check_pool(4, 2).unwrap_err().to_string(),
///     "`max_thread_pool_size` takes a whole number of at least 4, the `core_thread_pool_size`, but was 2",
/// );
/// ```
pub fn check_pool(core: u32, max: u32) -> Result<(), SettingError> {
    if max < core {
        return Err(SettingError {
            setting: MAX_THREAD_POOL_SIZE.name,
            allowed: format!(
                "a whole number of at least {core}, the `{}`",
                CORE_THREAD_POOL_SIZE.name
            ),
            found: max.to_string(),
        });
    }
    Ok(())
}
