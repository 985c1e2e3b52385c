//! What a call needs that may outlive its caller, and who can have a policy that leaves a call.

use darling::error::Accumulator;
use syn::visit::Visit;
use syn::{FnArg, Lifetime, Receiver, ReceiverKind, Type, TypeReference};

use crate::function::{Function, Shape};
use crate::options::value::{as_written, error_at};
use crate::policy::{Detached, Form};
use crate::stack::Layer;

/// Refuses policies on a plain function that need a future. Those of a whole block come first, and
/// are `inherited` in number.
pub(super) fn check_plain(
    layers: &[&Layer],
    inherited: usize,
    function: &Function,
    errors: &mut Accumulator,
) {
    let Shape::Plain { .. } = &function.shape else {
        return;
    };
    for (level, layer) in layers.iter().enumerate() {
        let Form::Async { why, .. } = layer.policy.runtime.form else {
            continue;
        };
        let name = &function.signature.ident;
        let attribute = layer.policy.attribute;
        let leave_out = if level < inherited {
            format!("; `#[{attribute}(skip)]` leaves it out of what guards the block")
        } else {
            String::new()
        };
        errors.push(error_at(
            &function.signature.fn_token,
            format!(
                "a {noun} needs an async function, and `{name}` is a plain one: {why}{leave_out}",
                noun = layer.policy.noun
            ),
        ));
    }
}

/// Refuses arguments that a call cannot take along.
pub(super) fn check_borrows(layers: &[&Layer], function: &Function, errors: &mut Accumulator) {
    let Some(detached) = layers.iter().find_map(|layer| layer.detached()) else {
        return;
    };
    if let Shape::Plain { .. } = &function.shape {
        return;
    }
    let Detached { option, what } = detached;
    let why = format!("`{option}` {what}, so it cannot borrow from its caller");
    for input in &function.signature.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                if let Some(instead) = instead_of_receiver(receiver) {
                    errors.push(error_at(receiver, format!("{why}: {instead}")));
                }
            }
            FnArg::Typed(argument) => {
                let argument_name = as_written(&argument.pat);
                if let Some(instead) = instead_of(&argument.ty, &argument_name) {
                    errors.push(error_at(&argument.ty, format!("{why}: {instead}")));
                }
            }
        }
    }
}

fn instead_of_receiver(receiver: &Receiver) -> Option<String> {
    let written = match &receiver.kind {
        ReceiverKind::Reference(_, Some(lifetime), _) if is_static(lifetime) => return None,
        ReceiverKind::Reference(_, _, None) => "&self",
        ReceiverKind::Reference(_, _, Some(_)) => {
            return Some(
                "take `self: Arc<Self>` in place of `&mut self`, and keep what changes in a `Mutex`"
                    .to_owned(),
            );
        }
        ReceiverKind::Typed(_, ty) if borrows(ty) => {
            return Some(format!(
                "take `self: Arc<Self>` in place of `self: {}`",
                as_written(ty)
            ));
        }
        _ => return None,
    };
    Some(format!("take `self: Arc<Self>` in place of `{written}`"))
}

/// What to take in place of a type that borrows.
fn instead_of(ty: &Type, name: &str) -> Option<String> {
    if !borrows(ty) {
        return None;
    }
    let written = as_written(ty);
    let owned = match ty {
        Type::Reference(reference) if reference.mutability.is_some() => {
            let inner = as_written(&reference.elem);
            return Some(format!(
                "take `{name}: {inner}` in place of `{name}: {written}`, and return it"
            ));
        }
        Type::Reference(reference) => match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
            Type::Path(path) if path.path.is_ident("Path") => "PathBuf".to_owned(),
            Type::Slice(slice) => format!("Vec<{}>", as_written(&slice.elem)),
            Type::TraitObject(object) => format!("Arc<{}>", as_written(object)),
            inner if borrows(inner) => {
                return Some(format!(
                    "take what `{written}` refers to by value, or in an `Arc`"
                ));
            }
            inner => {
                let inner = as_written(inner);
                return Some(format!(
                    "take `{name}: {inner}` or `{name}: Arc<{inner}>` in place of `{name}: {written}`"
                ));
            }
        },
        _ => {
            return Some(format!(
                "take what `{written}` refers to by value, or in an `Arc`"
            ));
        }
    };
    Some(format!(
        "take `{name}: {owned}` in place of `{name}: {written}`"
    ))
}

fn is_static(lifetime: &Lifetime) -> bool {
    lifetime.ident == "static"
}

/// Whether a type has a reference or a lifetime in it, other than `'static`, as far as its words say.
fn borrows(ty: &Type) -> bool {
    struct Find(bool);
    impl<'ast> Visit<'ast> for Find {
        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            self.0 |= reference.lifetime.is_none();
            syn::visit::visit_type_reference(self, reference);
        }

        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            self.0 |= !is_static(lifetime);
        }

        // What a function takes is not held by it.
        fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}

        fn visit_parenthesized_generic_arguments(
            &mut self,
            _: &'ast syn::ParenthesizedGenericArguments,
        ) {
        }
    }
    let mut find = Find(false);
    find.visit_type(ty);
    find.0
}
