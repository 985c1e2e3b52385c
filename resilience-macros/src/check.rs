//! Rules between the options and the function.

use syn::spanned::Spanned;
use syn::{ReturnType, Type};

use crate::function::{Capture, Function, Shape, cannot_fail, has_hole, is_called_result, plan};
use crate::options::value::{as_written, error_at};
use crate::options::{Fallback, Options};
use crate::policy::Policy;

/// Checks that the options fit the function.
pub(crate) fn check(
    policy: &Policy,
    options: &Options,
    function: &Function,
) -> darling::Result<()> {
    let mut errors = darling::Error::accumulator();
    if let Some(fallback) = &options.fallback {
        errors.handle(check_fallback(options, function, fallback));
    }
    errors.handle(check_result(policy, options, function));
    errors.finish()
}

fn check_fallback(
    options: &Options,
    function: &Function,
    fallback: &Fallback,
) -> darling::Result<()> {
    let mut errors = darling::Error::accumulator();
    let plan = plan(&function.signature, Some(fallback), &options.facade);
    let makes_future = matches!(function.shape, Shape::Opaque { .. } | Shape::Boxed { .. });
    for path in fallback.paths() {
        if path.is_single_name() && path.0.path.is_ident("Self") {
            errors.push(error_at(
                &path.0,
                "a fallback is a function: write `fallback = Self::the_function`",
            ));
        } else if path.takes_receiver(&function.signature)
            && makes_future
            && plan.capture == Capture::InPlace
        {
            errors.push(error_at(
                &path.0,
                "the future holds `&mut self`, so a fallback that is a method cannot have it as well: name a free function, which gets the other arguments, or take `&self`",
            ));
        }
    }
    errors.finish()
}

/// A function without errors can be guarded when there is somebody to answer a rejected call.
fn check_result(policy: &Policy, options: &Options, function: &Function) -> darling::Result<()> {
    let output = function.shape.output();
    let name = &function.signature.ident;
    let noun = policy.noun;
    if matches!(output, Type::Never(_)) {
        return Err(error_at(
            output,
            format!(
                "`{name}` never returns, so the {noun} would never learn how a call went: remove the attribute"
            ),
        ));
    }
    if let Some(plain) = &options.plain
        && is_called_result(output)
    {
        return Err(error_at(
            &plain.span(),
            format!(
                "`plain` is for functions that cannot fail, and `{name}` returns `{}`: remove `plain`",
                as_written(output)
            ),
        ));
    }
    if options.plain.is_none() && !cannot_fail(output) {
        return Ok(());
    }
    let mut errors = darling::Error::accumulator();
    let returns = returns(function);
    match &options.fallback {
        None => errors.push(error_at(&at(function), format!("{returns}, which has no place for a rejected call: {}, or say who answers instead, `fallback = path`", result_instead(function)))),
        Some(Fallback::ByPattern(arms)) if arms.last_resort().is_none() => errors.push(error_at(
            &arms.span(),
            format!("{returns}, which has no place for a rejected call, so one of the fallbacks must answer whatever the {noun} fails with: end the list with `_ => path`"),
        )),
        Some(_) if is_unnamed_and_async(function) => errors.push(error_at(
            &at(function),
            "an async function that cannot fail names its type, so that its fallback can be checked: return a type with a name, such as `Box<dyn Trait>`, in place of `impl Trait`",
        )),
        Some(_) => {}
    }
    for (option, pattern) in [
        ("ignore_errors", &options.ignore_errors),
        ("record_errors", &options.record_errors),
    ] {
        if let Some(pattern) = pattern {
            errors.push(error_at(
                &pattern.span(),
                format!("{returns} and so has no errors to match: remove `{option}`; values that count as failures go into `record_result(PATTERN)`"),
            ));
        }
    }
    errors.finish()
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
