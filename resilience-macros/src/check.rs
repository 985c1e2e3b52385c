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
    let makes_future = matches!(function.shape, Shape::Opaque { .. } | Shape::Boxed { .. });
    if has_receiver && makes_future && plan.capture() == Capture::InPlace {
        return Err(error_at(
            path,
            "the future holds `&mut self`, so a fallback that is a method cannot have it as well: name a free function, which gets the other arguments, or take `&self`",
        ));
    }
    Ok(())
}
