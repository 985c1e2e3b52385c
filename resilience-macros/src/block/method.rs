//! What guards one method of a block: the block's policies, the method's own, both or neither.

use darling::error::Accumulator;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{ReturnType, Signature, Type};

use crate::function::{self, Function, Written};
use crate::options::{Facade, Fallback, Skip};
use crate::policy::Policy;
use crate::stack::siblings;
use crate::stack::{self, Layer};
use crate::{check, expand};

/// What a block does for its methods.
pub(super) struct Around<'a> {
    /// The block's own policies, outermost first.
    pub(super) layers: &'a [Layer],
    /// Methods of the block that answer as fallbacks.
    pub(super) fallbacks: &'a [String],
}

/// A method whose own attributes are read.
pub(super) struct Method {
    written: Written,
    own: Vec<Layer>,
    skipped: Vec<&'static Policy>,
}

impl Method {
    /// Reads the attributes of policies off a method. `policies` are those of the block.
    pub(super) fn read(
        mut written: Written,
        facade: &Facade,
        policies: &[&'static Policy],
        errors: &mut Accumulator,
    ) -> Self {
        let attributes = errors
            .handle(siblings::take(&mut written.attributes))
            .unwrap_or_default();
        let mut skipped = Vec::new();
        let mut guarding = Vec::new();
        for sibling in attributes {
            match Skip::find(sibling.policy, &sibling.options) {
                Ok(None) => guarding.push(sibling),
                Ok(Some(skip)) if !is_among(policies, sibling.policy) => {
                    errors.push(skip.out_of_place(sibling.policy));
                }
                Ok(Some(_)) => skipped.push(sibling.policy),
                Err(error) => errors.push(error),
            }
        }
        let name = written.signature.ident.clone();
        Self {
            own: stack::read(guarding, Some(&name), facade, errors),
            written,
            skipped,
        }
    }

    /// The names of the block's methods that this one has as fallbacks.
    pub(super) fn fallbacks(&self) -> impl Iterator<Item = String> {
        fallback_methods(&self.own)
    }

    /// The policies of the block that guard this method. Its own of the same kind takes the place
    /// of the block's.
    pub(super) fn inherited<'a>(&self, around: &Around<'a>) -> Vec<&'a Layer> {
        if self.is_fallback(around) || !can_fail(&self.written.signature) {
            return Vec::new();
        }
        around
            .layers
            .iter()
            .filter(|layer| !is_among(&self.skipped, layer.policy))
            .filter(|layer| !self.own.iter().any(|own| same(own.policy, layer.policy)))
            .collect()
    }

    fn is_fallback(&self, around: &Around<'_>) -> bool {
        around
            .fallbacks
            .iter()
            .any(|fallback| self.written.signature.ident == fallback)
    }

    /// The method with its calls guarded by the block's policies and then its own. `new` are those
    /// that guard no method before this one.
    pub(super) fn expand(
        self,
        inherited: &[&Layer],
        new: &[&Layer],
        errors: &mut Accumulator,
    ) -> TokenStream {
        let layers: Vec<_> = inherited.iter().copied().chain(&self.own).collect();
        let new: Vec<_> = new.iter().copied().chain(&self.own).collect();
        let Some(first) = layers.first() else {
            return self.written.to_token_stream();
        };
        let Some(function) = errors.handle(Function::of(first.policy, self.written)) else {
            return TokenStream::new();
        };
        check::check(&layers, inherited.len(), &function, errors);
        expand::expand(&layers, &new, &function)
    }
}

/// Methods of the same type that the layers have as fallbacks.
pub(super) fn fallback_methods(layers: &[Layer]) -> impl Iterator<Item = String> {
    layers
        .iter()
        .filter_map(|layer| layer.options.fallback.as_ref())
        .flat_map(Fallback::paths)
        .filter(|path| path.may_be_method())
        .filter_map(|path| Some(path.0.path.segments.last()?.ident.to_string()))
}

/// Whether a block guards such a method. One that returns nothing, or a type that is known to be
/// no `Result`, has no failures to count; a `const fn` or an `extern` one cannot be guarded.
fn can_fail(signature: &Signature) -> bool {
    let returns_self = matches!(
        &signature.output,
        ReturnType::Type(_, ty) if matches!(&**ty, Type::Path(path) if path.path.is_ident("Self"))
    );
    signature.constness.is_none()
        && signature.abi.is_none()
        && !returns_self
        && function::is_fallible(signature)
}

fn is_among(policies: &[&'static Policy], policy: &Policy) -> bool {
    policies.iter().any(|other| same(other, policy))
}

fn same(left: &Policy, right: &Policy) -> bool {
    left.attribute == right.attribute
}
