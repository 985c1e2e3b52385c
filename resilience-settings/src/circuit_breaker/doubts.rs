//! Settings that fit one by one and yet do not do what they say.

use std::time::Duration;

use super::{
    EXPONENTIAL_BACKOFF_MULTIPLIER, EXPONENTIAL_MAX_WAIT_DURATION_IN_OPEN_STATE,
    MINIMUM_NUMBER_OF_CALLS, RANDOMIZED_WAIT_FACTOR, SLIDING_WINDOW_SIZE,
    TRANSITION_TO_STATE_AFTER_WAIT_DURATION, WAIT_DURATION_IN_OPEN_STATE,
};
use crate::{Setting, SettingDoubt, duration};

/// The settings that depend on each other, as far as they are given.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Given<'a> {
    /// Whether the window is one by time.
    pub time_based: bool,
    /// `sliding_window_size`
    pub sliding_window_size: Option<u32>,
    /// `minimum_number_of_calls`
    pub minimum_number_of_calls: Option<u32>,
    /// `wait_duration_in_open_state`
    pub wait_duration_in_open_state: Option<Duration>,
    /// `enable_exponential_backoff`
    pub enable_exponential_backoff: bool,
    /// `exponential_backoff_multiplier`
    pub exponential_backoff_multiplier: Option<f64>,
    /// `exponential_max_wait_duration_in_open_state`
    pub exponential_max_wait_duration_in_open_state: Option<Duration>,
    /// `enable_randomized_wait`
    pub enable_randomized_wait: bool,
    /// `randomized_wait_factor`
    pub randomized_wait_factor: Option<f64>,
    /// `max_wait_duration_in_half_open_state`
    pub max_wait_duration_in_half_open_state: Option<Duration>,
    /// `transition_to_state_after_wait_duration`
    pub transition_to_state_after_wait_duration: Option<&'a str>,
}

/// What is doubtful about settings; no configuration is refused for it.
///
/// ```
/// use resilience_settings::circuit_breaker::{Given, doubts};
///
/// let given = Given { sliding_window_size: Some(10), minimum_number_of_calls: Some(20), ..Given::default() };
/// assert_eq!(
///     doubts(&given)[0].to_string(),
///     "`minimum_number_of_calls` is 20, but a count-based window of 10 calls never holds more than 10: the rates are judged at 10 calls; give `minimum_number_of_calls = 10`, or a `sliding_window_size` of at least 20",
/// );
/// ```
#[must_use]
pub fn doubts(given: &Given<'_>) -> Vec<SettingDoubt> {
    let needs_exponential = |there: bool, setting: Setting| {
        (there && !given.enable_exponential_backoff)
            .then(|| SettingDoubt::idle(setting, "`enable_exponential_backoff = true`"))
    };
    let round_ends = given
        .max_wait_duration_in_half_open_state
        .is_some_and(|wait| !wait.is_zero());
    [
        minimum_above_window(given),
        needs_exponential(
            given.exponential_backoff_multiplier.is_some(),
            EXPONENTIAL_BACKOFF_MULTIPLIER,
        ),
        needs_exponential(
            given.exponential_max_wait_duration_in_open_state.is_some(),
            EXPONENTIAL_MAX_WAIT_DURATION_IN_OPEN_STATE,
        ),
        limit_below_wait(given),
        (given.randomized_wait_factor.is_some() && !given.enable_randomized_wait)
            .then(|| SettingDoubt::idle(RANDOMIZED_WAIT_FACTOR, "`enable_randomized_wait = true`")),
        (given.transition_to_state_after_wait_duration.is_some() && !round_ends).then(|| {
            SettingDoubt::idle(
                TRANSITION_TO_STATE_AFTER_WAIT_DURATION,
                "a `max_wait_duration_in_half_open_state` above zero",
            )
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn minimum_above_window(given: &Given<'_>) -> Option<SettingDoubt> {
    let (size, minimum) = (given.sliding_window_size?, given.minimum_number_of_calls?);
    (!given.time_based && minimum > size).then(|| SettingDoubt {
        setting: MINIMUM_NUMBER_OF_CALLS.name,
        doubt: format!(
            "is {minimum}, but a count-based window of {size} calls never holds more than {size}: the rates are judged at {size} calls; give `{} = {size}`, or a `{}` of at least {minimum}",
            MINIMUM_NUMBER_OF_CALLS.name, SLIDING_WINDOW_SIZE.name
        ),
    })
}

fn limit_below_wait(given: &Given<'_>) -> Option<SettingDoubt> {
    let wait = given.wait_duration_in_open_state?;
    let limit = given.exponential_max_wait_duration_in_open_state?;
    (given.enable_exponential_backoff && limit < wait).then(|| SettingDoubt {
        setting: EXPONENTIAL_MAX_WAIT_DURATION_IN_OPEN_STATE.name,
        doubt: format!(
            "is \"{}\" and so shorter than `{}`, \"{}\": every wait is as long as the limit; raise the limit, or shorten the wait",
            duration::format(limit),
            WAIT_DURATION_IN_OPEN_STATE.name,
            duration::format(wait)
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubted(given: Given<'_>) -> Vec<&'static str> {
        doubts(&given)
            .into_iter()
            .map(|doubt| doubt.setting)
            .collect()
    }

    #[test]
    fn a_setting_is_doubted_only_together_with_what_makes_it_doubtful() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let waits = Given {
            wait_duration_in_open_state: seconds(60),
            exponential_backoff_multiplier: Some(2.0),
            exponential_max_wait_duration_in_open_state: seconds(60),
            enable_exponential_backoff: true,
            ..Given::default()
        };
        let window = Given {
            sliding_window_size: Some(10),
            minimum_number_of_calls: Some(10),
            ..Given::default()
        };
        let none: [&str; 0] = [];
        assert_eq!(doubted(Given::default()), none);
        assert_eq!(doubted(waits), none);
        assert_eq!(doubted(window), none);
        assert_eq!(
            doubted(Given {
                minimum_number_of_calls: Some(11),
                ..window
            }),
            ["minimum_number_of_calls"]
        );
        let by_time = Given {
            minimum_number_of_calls: Some(11),
            time_based: true,
            ..window
        };
        assert_eq!(doubted(by_time), none);
        assert_eq!(
            doubted(Given {
                enable_exponential_backoff: false,
                ..waits
            }),
            [
                "exponential_backoff_multiplier",
                "exponential_max_wait_duration_in_open_state"
            ]
        );
        assert_eq!(
            doubted(Given {
                exponential_max_wait_duration_in_open_state: seconds(59),
                ..waits
            }),
            ["exponential_max_wait_duration_in_open_state"]
        );
        let factor = Given {
            randomized_wait_factor: Some(0.2),
            ..Given::default()
        };
        assert_eq!(doubted(factor), ["randomized_wait_factor"]);
        let random = Given {
            enable_randomized_wait: true,
            ..factor
        };
        assert_eq!(doubted(random), none);
        let transition = Given {
            transition_to_state_after_wait_duration: Some("CLOSED"),
            ..Given::default()
        };
        assert_eq!(
            doubted(transition),
            ["transition_to_state_after_wait_duration"]
        );
        let round = Given {
            max_wait_duration_in_half_open_state: seconds(1),
            ..transition
        };
        assert_eq!(doubted(round), none);
        let endless = Given {
            max_wait_duration_in_half_open_state: seconds(0),
            ..transition
        };
        assert_eq!(
            doubted(endless),
            ["transition_to_state_after_wait_duration"]
        );
    }
}
