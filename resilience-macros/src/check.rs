//! Rules between the options and the function.

use crate::function::{Capture, Function, Shape, plan};
use crate::options::Options;
use crate::options::value::error_at;

/// Checks that the options fit the function.
pub(crate) fn check(options: &Options, function: &Function) -> darling::Result<()> {
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
    let plan = plan(&function.signature, Some(fallback), &options.facade);
    let makes_future = matches!(function.shape, Shape::Opaque { .. } | Shape::Boxed { .. });
    if has_receiver && makes_future && plan.capture == Capture::InPlace {
        return Err(error_at(
            path,
            "the future holds `&mut self`, so a fallback that is a method cannot have it as well: name a free function, which gets the other arguments, or take `&self`",
        ));
    }
    Ok(())
}
