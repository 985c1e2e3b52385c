//! How the arguments reach both the body and the fallbacks.
//!
//! Without a fallback nothing is touched: the body takes the arguments as they came. With one,
//! what comes by value is cloned for the fallback, a shared reference is copied, and a `&mut` is
//! lent to the body and given to the fallback afterwards. Where several policies of a stack have
//! one, each gets clones of its own, and a `&mut` is lent on from one to the next inside it. An
//! argument that is a pattern gets a name in the signature, and is taken apart before the body.
//!
//! A retry needs the arguments once for each attempt. It keeps what comes by value, and each attempt
//! gets a clone, the last one the value itself; a `&mut` is lent to each in turn. What is inside it
//! finds the arguments of the attempt as it would find those of the function.

use proc_macro2::{Ident, TokenStream};
use syn::{FnArg, Signature};

use super::Shape;
use crate::options::{Facade, InstanceName};
use crate::stack::Layer;

/// How the arguments are passed on.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The signature, in which patterns may have become names.
    pub(crate) signature: Signature,
    /// Statements at the head of the new body: what the fallbacks need is cloned.
    pub(crate) before: Vec<TokenStream>,
    /// More of them, when nothing else needs the arguments: patterns are taken apart.
    pub(crate) open: Vec<TokenStream>,
    /// What each fallback and each retry needs, outermost first.
    pub(crate) frames: Vec<Frame>,
    /// Statements at the head of the user's body.
    pub(crate) enter: Vec<TokenStream>,
    /// More of them where the body uses the arguments in place, so that it owns what it can.
    pub(super) take: Vec<TokenStream>,
    /// What the body calls the receiver, where that is not `self`.
    pub(crate) receiver: Option<Ident>,
    /// Whether expressions in the attributes may mention the arguments.
    pub(super) has_expressions: bool,
}

/// What one policy's fallbacks, or its attempts, need of the arguments.
#[derive(Debug)]
pub(crate) struct Frame {
    /// Whether these are the attempts of a retry.
    pub(super) repeats: bool,
    /// Statements at the head of everything that the policy and its fallbacks are.
    pub(crate) enter: Vec<TokenStream>,
    /// Statements before the first attempt, which keep the arguments for all of them.
    pub(crate) keep: Vec<TokenStream>,
    /// Statements at the head of each attempt, which give it arguments of its own.
    pub(crate) again: Vec<TokenStream>,
    /// Statements right before the call, when nothing else needs the arguments.
    pub(crate) lend: Vec<TokenStream>,
    /// The receiver for those fallbacks that are methods.
    pub(crate) receiver: Option<TokenStream>,
    /// The arguments that every fallback is called with, before the failure.
    pub(crate) forwards: Vec<TokenStream>,
    /// How what is inside takes the arguments.
    pub(crate) capture: Capture,
    /// Whether one of the fallbacks is a method and gets the receiver.
    pub(super) takes_receiver: bool,
}

/// How a body takes the arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Capture {
    /// It owns them.
    Move,
    /// It uses them where they are, since a fallback needs the `&mut self` afterwards.
    InPlace,
}

/// Plans how the arguments reach the body, the attempts and the fallbacks.
pub(crate) fn plan(
    signature: &Signature,
    shape: &Shape,
    layers: &[&Layer],
    facade: &Facade,
) -> Plan {
    let mut plan = Plan {
        signature: signature.clone(),
        before: Vec::new(),
        open: Vec::new(),
        frames: layers
            .iter()
            .flat_map(|layer| frames(layer, signature))
            .collect(),
        enter: Vec::new(),
        take: Vec::new(),
        receiver: None,
        has_expressions: layers.iter().any(|layer| has_expression(layer)),
    };
    if plan.frames.is_empty() {
        return plan;
    }
    let mut inputs = std::mem::take(&mut plan.signature.inputs);
    for (index, input) in inputs.iter_mut().enumerate() {
        match input {
            FnArg::Receiver(receiver) => plan.share_receiver(receiver, shape, facade),
            FnArg::Typed(argument) => plan.share(index, argument, facade),
        }
    }
    if plan.capture() == Capture::InPlace {
        plan.enter.append(&mut plan.take);
    }
    plan.signature.inputs = inputs;
    plan
}

/// The frames of one layer: its fallbacks are outside of its attempts.
fn frames(layer: &Layer, signature: &Signature) -> Vec<Frame> {
    let fallback = layer.options.fallback.as_ref();
    let fallback = fallback.map(|fallback| Frame::new(false, fallback.takes_receiver(signature)));
    let attempts = layer.policy.repeats().then(|| Frame::new(true, false));
    fallback.into_iter().chain(attempts).collect()
}

fn has_expression(layer: &Layer) -> bool {
    matches!(layer.options.name, InstanceName::Expression(_))
        || layer.options.registry.is_some()
        || layer.options.permits.is_some()
}

impl Frame {
    fn new(repeats: bool, takes_receiver: bool) -> Self {
        Self {
            repeats,
            enter: Vec::new(),
            keep: Vec::new(),
            again: Vec::new(),
            lend: Vec::new(),
            receiver: None,
            forwards: Vec::new(),
            capture: Capture::Move,
            takes_receiver,
        }
    }
}

impl Plan {
    /// How the user's body takes the arguments.
    pub(crate) fn capture(&self) -> Capture {
        self.capture_inside(self.frames.len())
    }

    /// How what is inside so many of the frames takes the arguments: what a frame needs in place
    /// stays in place all the way in.
    pub(crate) fn capture_inside(&self, frames: usize) -> Capture {
        let in_place = self.frames[..frames]
            .iter()
            .any(|frame| frame.capture == Capture::InPlace);
        if in_place {
            Capture::InPlace
        } else {
            Capture::Move
        }
    }

    /// Whether there is a retry.
    pub(crate) fn repeats(&self) -> bool {
        self.frames.iter().any(|frame| frame.repeats)
    }
}
