//! Rules between the options of a stack and the function.

mod detached;
mod together;

use darling::error::Accumulator;

use syn::spanned::Spanned;
use syn::{ReturnType, Type};

use crate::function::{Capture, Function, Shape, cannot_fail, has_hole, is_called_result, plan};
use crate::options::value::{as_written, error_at};
use crate::options::{Fallback, Options};
use crate::policy::Policy;
use crate::stack::{self, Layer};

pub(crate) use self::together::doubts;

/// Checks that a stack fits the function and its layers fit each other. The first layers may be
/// `inherited` from the function's block.
pub(crate) fn check(
    layers: &[&Layer],
    inherited: usize,
    function: &Function,
    errors: &mut Accumulator,
) {
    detached::check_plain(layers, inherited, function, errors);
    detached::check_borrows(layers, function, errors);
    for (level, layer) in layers.iter().enumerate() {
        if let Some(fallback) = &layer.options.fallback {
            check_fallback(&layers[level..], function, fallback, errors);
        }
    }
    errors.handle(check_lent_arguments(layers, function));
    check_result(layers, function, errors);
    stack::check_instances(layers.iter().copied(), errors);
    together::check(layers, errors);
}

/// Checks a fallback of the first of the layers.
fn check_fallback(
    layers: &[&Layer],
    function: &Function,
    fallback: &Fallback,
    errors: &mut Accumulator,
) {
    let Some(layer) = layers.first() else {
        return;
    };
    let plan = plan(
        &function.signature,
        &function.shape,
        &layers[..1],
        &layer.options.facade,
    );
    // An attempt makes its future itself, of what it is lent.
    let repeats = layers.iter().any(|layer| layer.policy.repeats());
    for path in fallback.paths() {
        if path.is_single_name() && path.0.path.is_ident("Self") {
            errors.push(error_at(
                &path.0,
                "a fallback is a function: write `fallback = Self::the_function`",
            ));
        } else if path.takes_receiver(&function.signature)
            && makes_future(function)
            && plan.capture() == Capture::InPlace
            && !repeats
        {
            errors.push(error_at(
                &path.0,
                "the future holds `&mut self`, so a fallback that is a method cannot have it as well: name a free function, which gets the other arguments, or take `&self`",
            ));
        }
    }
}

/// A function without errors can be guarded when there is somebody to answer a rejected call.
fn check_result(layers: &[&Layer], function: &Function, errors: &mut Accumulator) {
    let Some(outermost) = layers.first() else {
        return;
    };
    let output = function.shape.output();
    let name = &function.signature.ident;
    if matches!(output, Type::Never(_)) {
        let noun = outermost.policy.noun;
        errors.push(error_at(
            output,
            format!(
                "`{name}` never returns, so the {noun} would never learn how a call went: remove the attribute"
            ),
        ));
        return;
    }
    let mut plain = layers
        .iter()
        .filter_map(|layer| layer.options.plain.as_ref())
        .peekable();
    let is_plain = plain.peek().is_some();
    if is_plain && is_called_result(output) {
        for plain in plain {
            errors.push(error_at(
                &plain.span(),
                format!(
                    "`plain` is for functions that cannot fail, and `{name}` returns `{}`: remove `plain`",
                    as_written(output)
                ),
            ));
        }
        return;
    }
    if !is_plain && !cannot_fail(output) {
        return;
    }
    check_answers(outermost, layers.len() > 1, function, errors);
    for layer in layers {
        check_no_failures(layer.policy, &layer.options, function, errors);
    }
}

/// What leaves the outermost policy of a function that cannot fail is answered there; those inside
/// may leave it to the ones around them.
fn check_answers(
    outermost: &Layer,
    is_stacked: bool,
    function: &Function,
    errors: &mut Accumulator,
) {
    let returns = returns(function);
    let failed_call = outermost.policy.failed_call;
    if outermost.options.fallback.is_none() {
        let place = if is_stacked {
            " on the outermost attribute"
        } else {
            ""
        };
        errors.push(error_at(&at(function), format!("{returns}, which has no place for {failed_call}: {}, or say who answers instead, `fallback = path`{place}", result_instead(function))));
    } else if is_unnamed_and_async(function) {
        errors.push(error_at(
            &at(function),
            "an async function that cannot fail names its type, so that its fallback can be checked: return a type with a name, such as `Box<dyn Trait>`, in place of `impl Trait`",
        ));
    }
}

/// Refuses what one attribute does about errors that the function cannot have.
fn check_no_failures(
    policy: &Policy,
    options: &Options,
    function: &Function,
    errors: &mut Accumulator,
) {
    let returns = returns(function);
    if let Some(Fallback::ByPattern(arms)) = &options.fallback
        && arms.last_resort().is_none()
    {
        let Policy {
            noun, failed_call, ..
        } = policy;
        errors.push(error_at(
            &arms.span(),
            format!("{returns}, which has no place for {failed_call}, so one of the fallbacks must answer whatever the {noun} fails with: end the list with `_ => path`"),
        ));
    }
    let instead = if policy.repeats() {
        "values that are to be tried again go into `retry_result(PATTERN)`"
    } else {
        "values that count as failures go into `record_result(PATTERN)`"
    };
    if let Some(classify) = &options.classify {
        errors.push(error_at(
            &classify.span(),
            format!("{returns} and so has no errors to classify: remove `classify`; {instead}"),
        ));
    }
    for (option, pattern) in [
        ("ignore_errors", &options.ignore_errors),
        ("record_errors", &options.record_errors),
        ("retry_errors", &options.retry_errors),
    ] {
        if let Some(pattern) = pattern {
            errors.push(error_at(
                &pattern.span(),
                format!("{returns} and so has no errors to match: remove `{option}`; {instead}"),
            ));
        }
    }
}

/// Where the result is written, or the name of a function that returns nothing.
fn at(function: &Function) -> proc_macro2::Span {
    match &function.signature.output {
        ReturnType::Type(_, _) => function.shape.output().span(),
        ReturnType::Default => function.signature.ident.span(),
    }
}

/// "`f` returns …".
fn returns(function: &Function) -> String {
    let name = &function.signature.ident;
    match &function.signature.output {
        ReturnType::Type(_, _) => {
            format!("`{name}` returns `{}`", as_written(function.shape.output()))
        }
        ReturnType::Default => format!("`{name}` returns nothing"),
    }
}

fn is_unnamed_and_async(function: &Function) -> bool {
    !matches!(function.shape, Shape::Plain { .. }) && has_hole(function.shape.output())
}

fn result_instead(function: &Function) -> String {
    format!(
        "return `Result<{}, E>`",
        as_written(function.shape.output())
    )
}

/// A future that is made before the stack is entered cannot be lent what the fallbacks get too.
fn check_lent_arguments(layers: &[&Layer], function: &Function) -> darling::Result<()> {
    let fallbacks = || {
        layers
            .iter()
            .filter_map(|layer| layer.options.fallback.as_ref())
    };
    let innermost = fallbacks()
        .next_back()
        .and_then(|fallback| fallback.paths().next());
    let Some(innermost) = innermost else {
        return Ok(());
    };
    let repeats = layers.iter().any(|layer| layer.policy.repeats());
    if layers.len() == 1 || !makes_future(function) || repeats {
        return Ok(());
    }
    let plan = plan(
        &function.signature,
        &function.shape,
        layers,
        &layers[0].options.facade,
    );
    if plan.frames.iter().all(|frame| frame.lend.is_empty()) {
        return Ok(());
    }
    Err(error_at(
        &innermost.0,
        "the future that this function returns holds a `&mut` argument, so a fallback in a stack cannot have it as well: make it an `async fn` (on a method of `#[async_trait]`, put the attributes on the whole `impl` block, above that), or let a function that calls this one have the fallback",
    ))
}

fn makes_future(function: &Function) -> bool {
    matches!(function.shape, Shape::Opaque { .. } | Shape::Boxed { .. })
}
