//! Rules between settings: the very ones that builders and attributes check.

use resilience_settings::{
    SettingDoubt, SettingError, bulkhead, circuit_breaker, rate_limiter, retry,
    thread_pool_bulkhead, time_limiter,
};

use super::apply::percentage;
use super::policy::Policy;
use super::problem::{Place, Report};
use super::settings::Settings;
use super::spelling::Spelling;

/// Checks settings with all that they inherit; `place` and `path` are those of the level, for what
/// no source gives.
pub(super) fn rules(settings: &Settings, place: &Place, path: &str, report: &mut Report) {
    for error in broken(settings) {
        let (place, path) = origin(settings, error.setting, place, path);
        let spelling = spelling(path);
        let message = format!("takes {}, but was {}", error.allowed, error.found);
        report.error(place, path, spelling.respell(&message));
    }
}

/// Looks for settings that do not do what they say; an instance's, as a shared configuration alone
/// need not be complete.
pub(super) fn doubts(settings: &Settings, place: &Place, path: &str, report: &mut Report) {
    for doubt in doubtful(settings) {
        let (place, path) = origin(settings, doubt.setting, place, path);
        report.warning(place, path, spelling(path).respell(&doubt.doubt));
    }
}

fn origin<'a>(
    settings: &'a Settings,
    name: &str,
    place: &'a Place,
    path: &'a str,
) -> (&'a Place, &'a str) {
    settings
        .find(name)
        .map_or((place, path), |setting| (&setting.place, &setting.path))
}

fn spelling(path: &str) -> Spelling {
    Spelling::of(path.rsplit('.').next().unwrap_or(path))
}

fn broken(settings: &Settings) -> Vec<SettingError> {
    let checked = match settings.policy() {
        Policy::CircuitBreaker => {
            use circuit_breaker as rules;
            let window = settings.count(rules::SLIDING_WINDOW_SIZE.name).map(|size| {
                let kind = settings.choice(rules::SLIDING_WINDOW_TYPE.name);
                rules::check_window(kind == Some("TIME_BASED"), size)
            });
            let exponential = settings.flag(rules::ENABLE_EXPONENTIAL_BACKOFF.name);
            let randomized = settings.flag(rules::ENABLE_RANDOMIZED_WAIT.name);
            vec![
                window.unwrap_or(Ok(())),
                rules::check_wait(exponential, randomized),
            ]
        }
        Policy::ThreadPoolBulkhead => {
            use thread_pool_bulkhead as rules;
            let core = settings.count(rules::CORE_THREAD_POOL_SIZE.name);
            let max = settings.count(rules::MAX_THREAD_POOL_SIZE.name);
            // One that is not given gives way to the other.
            let pool = core
                .zip(max)
                .map(|(core, max)| rules::check_pool(core, max));
            vec![pool.unwrap_or(Ok(()))]
        }
        _ => Vec::new(),
    };
    checked.into_iter().filter_map(Result::err).collect()
}

fn doubtful(settings: &Settings) -> Vec<SettingDoubt> {
    match settings.policy() {
        Policy::CircuitBreaker => {
            use circuit_breaker as rules;
            let kind = settings.choice(rules::SLIDING_WINDOW_TYPE.name);
            rules::doubts(&rules::Given {
                time_based: kind == Some("TIME_BASED"),
                sliding_window_size: settings.count(rules::SLIDING_WINDOW_SIZE.name),
                minimum_number_of_calls: settings.count(rules::MINIMUM_NUMBER_OF_CALLS.name),
                wait_duration_in_open_state: settings
                    .duration(rules::WAIT_DURATION_IN_OPEN_STATE.name),
                enable_exponential_backoff: settings.flag(rules::ENABLE_EXPONENTIAL_BACKOFF.name),
                exponential_backoff_multiplier: settings
                    .number(rules::EXPONENTIAL_BACKOFF_MULTIPLIER.name),
                exponential_max_wait_duration_in_open_state: settings
                    .duration(rules::EXPONENTIAL_MAX_WAIT_DURATION_IN_OPEN_STATE.name),
                enable_randomized_wait: settings.flag(rules::ENABLE_RANDOMIZED_WAIT.name),
                randomized_wait_factor: settings.number(rules::RANDOMIZED_WAIT_FACTOR.name),
                max_wait_duration_in_half_open_state: settings
                    .duration(rules::MAX_WAIT_DURATION_IN_HALF_OPEN_STATE.name),
                transition_to_state_after_wait_duration: settings
                    .choice(rules::TRANSITION_TO_STATE_AFTER_WAIT_DURATION.name),
            })
        }
        Policy::Retry => {
            use retry as rules;
            rules::doubts(&rules::Given {
                max_attempts: settings.count(rules::MAX_ATTEMPTS.name),
                wait_duration: settings.duration(rules::WAIT_DURATION.name),
                enable_exponential_backoff: settings.flag(rules::ENABLE_EXPONENTIAL_BACKOFF.name),
                exponential_backoff_multiplier: settings
                    .number(rules::EXPONENTIAL_BACKOFF_MULTIPLIER.name),
                exponential_max_wait_duration: settings
                    .duration(rules::EXPONENTIAL_MAX_WAIT_DURATION.name),
                enable_randomized_wait: settings.flag(rules::ENABLE_RANDOMIZED_WAIT.name),
                randomized_wait_factor: settings.number(rules::RANDOMIZED_WAIT_FACTOR.name),
                max_duration: settings.duration(rules::MAX_DURATION.name),
                has_budget: settings.find(rules::BUDGET.name).is_some(),
                budget_percentage: settings
                    .number(rules::BUDGET_PERCENTAGE.name)
                    .map(percentage),
                budget_min_retries_per_second: settings
                    .count(rules::BUDGET_MIN_RETRIES_PER_SECOND.name),
            })
        }
        Policy::RateLimiter => {
            use rate_limiter as rules;
            rules::doubts(&rules::Given {
                limit_for_period: settings.count(rules::LIMIT_FOR_PERIOD.name),
                limit_refresh_period: settings.duration(rules::LIMIT_REFRESH_PERIOD.name),
            })
        }
        Policy::Bulkhead => {
            use bulkhead as rules;
            let fair = settings.find(rules::FAIR_CALL_HANDLING_ENABLED.name);
            rules::doubts(&rules::Given {
                max_concurrent_calls: settings.count(rules::MAX_CONCURRENT_CALLS.name),
                max_wait_duration: settings.duration(rules::MAX_WAIT_DURATION.name),
                fair_call_handling_enabled: fair
                    .map(|_| settings.flag(rules::FAIR_CALL_HANDLING_ENABLED.name)),
            })
        }
        Policy::TimeLimiter => {
            use time_limiter as rules;
            rules::doubts(settings.duration(rules::TIMEOUT_DURATION.name))
        }
        Policy::ThreadPoolBulkhead | Policy::Timer => Vec::new(),
    }
}
