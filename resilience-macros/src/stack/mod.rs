//! The policies that guard one function, from its own attributes and those of its block.

pub(crate) mod siblings;

use darling::error::Accumulator;
use proc_macro2::Span;
use quote::ToTokens;
use syn::{Ident, LitStr, Path};

use self::siblings::Sibling;
use crate::options::value::error_at;
use crate::options::{Facade, InstanceName, Options, refuse_skip};
use crate::policy::{Detached, Form, Policy};

/// One policy of a stack.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) policy: &'static Policy,
    /// What its attribute is called, if that was taken off the item before the compiler saw it.
    pub(crate) path: Option<Path>,
    /// Where that stands.
    pub(crate) place: Span,
    pub(crate) options: Options,
}

impl Layer {
    /// Reads an attribute that stands on a function or a block and guards it.
    pub(crate) fn read(written: Sibling, function: Option<&Ident>) -> darling::Result<Self> {
        let Sibling {
            policy,
            place,
            path,
            options,
        } = written;
        refuse_skip(policy, &options)?;
        let (policy, options) = Options::parse(policy, place, options, function)?;
        Ok(Self {
            policy,
            path,
            place,
            options,
        })
    }
}

impl Layer {
    /// What lets the call outlive its caller, where something does.
    pub(crate) fn detached(&self) -> Option<Detached> {
        match &self.policy.runtime.form {
            Form::Async { detaches, .. } => detaches(&self.options.settings),
            _ => None,
        }
    }
}

/// Reads attributes in their order, and reports what is wrong with any of them. `facade` is what
/// the attribute of the block says, where there is one.
pub(crate) fn read(
    written: Vec<Sibling>,
    function: Option<&Ident>,
    facade: &Facade,
    errors: &mut Accumulator,
) -> Vec<Layer> {
    let mut layers: Vec<_> = written
        .into_iter()
        .filter_map(|sibling| errors.handle(Layer::read(sibling, function)))
        .collect();
    share_facade(&mut layers, facade);
    layers
}

/// One attribute that says where resilience4rs is says it for the whole stack.
fn share_facade(layers: &mut [Layer], outside: &Facade) {
    let given = layers.iter().fold(outside.clone(), |given, layer| {
        given.or(&layer.options.facade)
    });
    for layer in layers {
        layer.options.facade = layer.options.facade.or(&given);
    }
}

/// Refuses one instance twice around the same call. Names that are computed may differ, so they
/// are let through.
pub(crate) fn check_instances<'a>(
    layers: impl IntoIterator<Item = &'a Layer>,
    errors: &mut Accumulator,
) {
    let mut seen: Vec<(&Layer, &LitStr)> = Vec::new();
    for layer in layers {
        let InstanceName::Literal(name) = &layer.options.name else {
            continue;
        };
        let twice = seen.iter().any(|(other, other_name)| {
            other.policy == layer.policy
                && other_name.value() == name.value()
                && registry_of(other) == registry_of(layer)
        });
        if twice {
            let Policy {
                attribute, noun, ..
            } = layer.policy;
            errors.push(error_at(
                name,
                format!(
                    "the {noun} \"{name}\" guards this function already, and would count each call twice: remove this `#[{attribute}(..)]`, or give it another name",
                    name = name.value()
                ),
            ));
        }
        seen.push((layer, name));
    }
}

fn registry_of(layer: &Layer) -> Option<String> {
    let registry = layer.options.registry.as_ref()?;
    Some(registry.0.to_token_stream().to_string())
}
