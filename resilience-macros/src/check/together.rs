//! Policies of a stack that fit the function one by one, and not each other.

use std::time::Duration;

use darling::error::Accumulator;
use proc_macro2::Span;
use resilience_settings::{duration, retry as retry_rules, time_limiter as limit_rules};

use crate::options::value::{as_written, error_at};
use crate::options::{Coverage, Fallback};
use crate::policy::given_to_retry;
use crate::settings::Doubt;
use crate::stack::Layer;

/// Refuses a retry whose last attempts can never be made.
pub(super) fn check(layers: &[&Layer], errors: &mut Accumulator) {
    for (outer, inner) in pairs(layers) {
        if let Some((Certainty::Sure, at, message)) = waits_beyond_limit(outer, inner) {
            errors.push(error_at(&at, message));
        }
    }
}

/// What is doubtful about layers together, of which at least one is among the `doubted`.
pub(crate) fn doubts(layers: &[&Layer], doubted: &[&Layer]) -> Vec<Doubt> {
    let is_doubted = |layer: &Layer| doubted.iter().any(|other| std::ptr::eq(*other, layer));
    pairs(layers)
        .filter(|(outer, inner)| is_doubted(outer) || is_doubted(inner))
        .flat_map(|(outer, inner)| {
            let waits = match waits_beyond_limit(outer, inner) {
                Some((Certainty::Possible, at, text)) => Some(Doubt::of_setting(at, text)),
                _ => None,
            };
            [
                waits,
                limit_beyond_limit(outer, inner),
                fallback_before_retry(outer, inner),
            ]
        })
        .flatten()
        .collect()
}

/// Every two layers of a stack, the outer one first.
fn pairs<'a>(layers: &'a [&'a Layer]) -> impl Iterator<Item = (&'a Layer, &'a Layer)> {
    layers.iter().enumerate().flat_map(|(level, outer)| {
        layers[level + 1..]
            .iter()
            .map(move |inner| (*outer, *inner))
    })
}

enum Certainty {
    /// Whatever happens.
    Sure,
    /// By defaults that a configuration may change, or by chance.
    Possible,
}

/// A retry that waits longer than the time limiter around it lets it.
fn waits_beyond_limit(outer: &Layer, inner: &Layer) -> Option<(Certainty, Span, String)> {
    if !inner.policy.repeats() {
        return None;
    }
    let limit = limit_of(outer)?;
    let settings = &inner.options.settings;
    let given = given_to_retry(settings);
    let at = settings
        .place(retry_rules::WAIT_DURATION)
        .or_else(|| settings.place(retry_rules::MAX_ATTEMPTS))?;
    let (least, most) = given.total_wait();
    let is_given = given.wait_duration.is_some() && given.max_attempts.is_some();
    let (certainty, wait, how, are_never) = if least >= limit && is_given {
        (Certainty::Sure, least, "", "are never")
    } else if least >= limit {
        (Certainty::Possible, least, "", "are never")
    } else if most >= limit {
        (Certainty::Possible, most, " at most", "may never be")
    } else {
        return None;
    };
    Some((
        certainty,
        at,
        format!(
            "the waits between {attempts} attempts add up to \"{wait}\"{how}, and the time limiter around the retry ends the call after \"{limit}\": the last attempts {are_never} made; shorten the waits, raise `{timeout}`, or move `#[time_limiter(..)]` below `#[retry(..)]`, where it limits each attempt",
            attempts = given
                .max_attempts
                .unwrap_or(retry_rules::DEFAULT_MAX_ATTEMPTS),
            wait = duration::format(wait),
            limit = duration::format(limit),
            timeout = limit_rules::TIMEOUT_DURATION.name,
        ),
    ))
}

/// A time limiter that the one around it is always faster than.
fn limit_beyond_limit(outer: &Layer, inner: &Layer) -> Option<Doubt> {
    let (around, limit) = (limit_of(outer)?, limit_of(inner)?);
    let at = inner
        .options
        .settings
        .place(limit_rules::TIMEOUT_DURATION)?;
    (limit >= around).then(|| {
        Doubt::of_setting(
            at,
            format!(
                "`{timeout}` is \"{limit}\", and the time limiter around this one ends the call after \"{around}\": this one never does; give less than \"{around}\", or remove it",
                timeout = limit_rules::TIMEOUT_DURATION.name,
                limit = duration::format(limit),
                around = duration::format(around),
            ),
        )
    })
}

/// A fallback that answers before the retry around it sees that anything failed.
fn fallback_before_retry(outer: &Layer, inner: &Layer) -> Option<Doubt> {
    if !outer.policy.repeats() {
        return None;
    }
    let fallback = inner.options.fallback.as_ref()?;
    let written = match fallback {
        Fallback::Single(path) => format!("fallback = {}", as_written(&path.0)),
        Fallback::ByPattern(arms) if is_complete(arms.last_resort()) => "fallback(..)".to_owned(),
        Fallback::ByPattern(_) => return None,
    };
    let at = fallback.span();
    let (outer, inner) = (outer.policy.attribute, inner.policy.attribute);
    Some(Doubt::of_fallback(
        at,
        format!(
            "this fallback answers for every failure inside `#[{inner}(..)]`, so the retry around it never sees one and tries nothing again: move `{written}` to `#[{outer}(..)]`"
        ),
    ))
}

fn is_complete(last_resort: Option<(usize, Coverage)>) -> bool {
    matches!(last_resort, Some((_, Coverage::All)))
}

/// The time that a time limiter gives, where its attribute says so.
fn limit_of(layer: &Layer) -> Option<Duration> {
    if layer.policy.runtime.instance == "TimeLimiter" {
        layer
            .options
            .settings
            .duration(limit_rules::TIMEOUT_DURATION)
    } else {
        None
    }
}
