//! How the arguments reach both the body and the fallbacks.
//!
//! Without a fallback nothing is touched: the body takes the arguments as they came. With one,
//! what comes by value is cloned for the fallback, a shared reference is copied, and a `&mut` is
//! lent to the body and given to the fallback afterwards. Where several policies of a stack have
//! one, each gets clones of its own, and a `&mut` is lent on from one to the next inside it. An
//! argument that is a pattern gets a name in the signature, and is taken apart before the body.

use proc_macro2::TokenStream;
use syn::{FnArg, Signature};

use crate::options::{Facade, Fallback};

/// How the arguments are passed on.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The signature, in which patterns may have become names.
    pub(crate) signature: Signature,
    /// Statements at the head of the new body: what the fallbacks need is cloned.
    pub(crate) before: Vec<TokenStream>,
    /// More of them, when nothing else needs the arguments: patterns are taken apart.
    pub(crate) open: Vec<TokenStream>,
    /// What each fallback needs, outermost first.
    pub(crate) frames: Vec<Frame>,
    /// Statements at the head of the user's body.
    pub(crate) enter: Vec<TokenStream>,
    /// More of them where the body uses the arguments in place, so that it owns what it can.
    pub(super) take: Vec<TokenStream>,
}

/// What one policy's fallbacks need of the arguments.
#[derive(Debug)]
pub(crate) struct Frame {
    /// Statements at the head of everything that the policy and its fallbacks are.
    pub(crate) enter: Vec<TokenStream>,
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

/// Plans how the arguments reach the body and the fallbacks, which come outermost first.
pub(crate) fn plan<'a>(
    signature: &Signature,
    fallbacks: impl IntoIterator<Item = &'a Fallback>,
    facade: &Facade,
) -> Plan {
    let frames: Vec<_> = fallbacks
        .into_iter()
        .map(|fallback| Frame::new(fallback.takes_receiver(signature)))
        .collect();
    let mut plan = Plan {
        signature: signature.clone(),
        before: Vec::new(),
        open: Vec::new(),
        frames,
        enter: Vec::new(),
        take: Vec::new(),
    };
    if plan.frames.is_empty() {
        return plan;
    }
    let mut inputs = std::mem::take(&mut plan.signature.inputs);
    for (index, input) in inputs.iter_mut().enumerate() {
        match input {
            FnArg::Receiver(receiver) => plan.share_receiver(receiver, facade),
            FnArg::Typed(argument) => plan.share(index, argument, facade),
        }
    }
    if plan.capture() == Capture::InPlace {
        plan.enter.append(&mut plan.take);
    }
    plan.signature.inputs = inputs;
    plan
}

impl Frame {
    fn new(takes_receiver: bool) -> Self {
        Self {
            enter: Vec::new(),
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
}
