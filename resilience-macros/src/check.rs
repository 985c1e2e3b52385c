//! Rules between the options of a stack and the function.

use darling::error::Accumulator;

use crate::function::{Capture, Function, Shape, plan};
use crate::options::value::error_at;
use crate::stack::{self, Layer};

/// Checks that a stack fits the function and its layers fit each other.
pub(crate) fn check(layers: &[&Layer], function: &Function, errors: &mut Accumulator) {
    for layer in layers {
        errors.handle(check_fallback(layer, function));
    }
    errors.handle(check_lent_arguments(layers, function));
    stack::check_instances(layers.iter().copied(), errors);
}

fn check_fallback(layer: &Layer, function: &Function) -> darling::Result<()> {
    let options = &layer.options;
    let Some(fallback) = &options.fallback else {
        return Ok(());
    };
    let has_receiver = function.signature.receiver().is_some();
    let path = &fallback.0;
    if fallback.is_single_name() && path.path.is_ident("Self") {
        return Err(error_at(
            path,
            "a fallback is a function: write `fallback = Self::the_function`",
        ));
    }
    let plan = plan(&function.signature, [fallback], &options.facade);
    if has_receiver && makes_future(function) && plan.capture() == Capture::InPlace {
        return Err(error_at(
            path,
            "the future holds `&mut self`, so a fallback that is a method cannot have it as well: name a free function, which gets the other arguments, or take `&self`",
        ));
    }
    Ok(())
}

/// A future that is made before the stack is entered cannot be lent what the fallbacks get too.
fn check_lent_arguments(layers: &[&Layer], function: &Function) -> darling::Result<()> {
    let fallbacks = || {
        layers
            .iter()
            .filter_map(|layer| layer.options.fallback.as_ref())
    };
    let Some(innermost) = fallbacks().next_back() else {
        return Ok(());
    };
    if layers.len() == 1 || !makes_future(function) {
        return Ok(());
    }
    let plan = plan(&function.signature, fallbacks(), &layers[0].options.facade);
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
