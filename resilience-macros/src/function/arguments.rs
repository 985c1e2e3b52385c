//! How the arguments reach both the body and the fallback.
//!
//! Without a fallback nothing is touched: the body takes the arguments as they came. With one,
//! what comes by value is cloned for the fallback, a shared reference is copied, and a `&mut` is
//! lent to the body and given to the fallback afterwards. An argument that is a pattern gets a
//! name in the signature, and is taken apart at the head of the body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, Pat, PatIdent, PatType, Receiver, ReceiverKind, Signature, Type, parse_quote,
};

use super::shape::has_impl_trait;
use crate::options::{Facade, Fallback};
use crate::span::generated_at;

/// How the arguments are passed on.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The signature, in which patterns may have become names.
    pub(crate) signature: Signature,
    /// Statements at the head of the new body.
    pub(crate) before: Vec<TokenStream>,
    /// Statements right before the call, when nothing else needs the arguments.
    pub(crate) lend: Vec<TokenStream>,
    /// Statements at the head of the user's body.
    pub(crate) enter: Vec<TokenStream>,
    /// More of them where the body uses the arguments in place, so that it owns what it can.
    take: Vec<TokenStream>,
    /// The receiver for those fallbacks that are methods.
    pub(crate) receiver: Option<TokenStream>,
    /// The arguments that every fallback is called with, before the failure.
    pub(crate) forwards: Vec<TokenStream>,
    /// How the user's body takes the arguments.
    pub(crate) capture: Capture,
}

/// How the user's body takes the arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Capture {
    /// It owns them.
    Move,
    /// It uses them where they are, since the fallback needs a `&mut self` afterwards.
    InPlace,
}

/// Plans how the arguments reach the body and, where there is one, the fallback.
pub(crate) fn plan(signature: &Signature, fallback: Option<&Fallback>, facade: &Facade) -> Plan {
    let mut plan = Plan {
        signature: signature.clone(),
        before: Vec::new(),
        lend: Vec::new(),
        enter: Vec::new(),
        take: Vec::new(),
        receiver: None,
        forwards: Vec::new(),
        capture: Capture::Move,
    };
    let Some(fallback) = fallback else {
        return plan;
    };
    let takes_receiver = fallback.takes_receiver(signature);
    let mut inputs = std::mem::take(&mut plan.signature.inputs);
    for (index, input) in inputs.iter_mut().enumerate() {
        match input {
            FnArg::Receiver(receiver) if takes_receiver => {
                plan.share_receiver(receiver, facade);
            }
            FnArg::Receiver(_) => {}
            FnArg::Typed(argument) => plan.share(index, argument, facade),
        }
    }
    if plan.capture == Capture::InPlace {
        plan.enter.append(&mut plan.take);
    }
    plan.signature.inputs = inputs;
    plan
}

/// How an argument's type lets it be had twice.
enum Passing {
    Value,
    SharedReference,
    ExclusiveReference,
}

fn passing(ty: &Type) -> Passing {
    match ty {
        Type::Reference(reference) if reference.mutability.is_some() => Passing::ExclusiveReference,
        Type::Reference(_) => Passing::SharedReference,
        Type::Paren(inner) => passing(&inner.elem),
        Type::Group(inner) => passing(&inner.elem),
        _ => Passing::Value,
    }
}

impl Plan {
    fn share_receiver(&mut self, receiver: &Receiver, facade: &Facade) {
        let token = &receiver.self_token;
        let self_type: Type = syn::parse_quote_spanned!(token.span=> Self);
        let (passing, ty) = match &receiver.kind {
            ReceiverKind::Reference(_, _, None) => (Passing::SharedReference, self_type),
            ReceiverKind::Reference(_, _, Some(_)) => (Passing::ExclusiveReference, self_type),
            ReceiverKind::Typed(_, ty) if is_pinned_reference(ty) => {
                (Passing::ExclusiveReference, (**ty).clone())
            }
            ReceiverKind::Typed(_, ty) => (passing(ty), (**ty).clone()),
            _ => (Passing::Value, self_type),
        };
        match passing {
            Passing::SharedReference => self.receiver = Some(quote!(#token)),
            Passing::ExclusiveReference => {
                self.capture = Capture::InPlace;
                self.receiver = Some(quote!(#token));
            }
            Passing::Value => {
                let saved = self.save(
                    &[],
                    "saved_self",
                    &quote!(#token),
                    &ty,
                    receiver.span(),
                    facade,
                );
                self.receiver = Some(saved);
            }
        }
    }

    fn share(&mut self, index: usize, argument: &mut PatType, facade: &Facade) {
        let conditions = conditions(&argument.attrs);
        let at = generated_at(argument.pat.span());
        let ty = (*argument.ty).clone();
        if let Pat::Ident(PatIdent {
            by_ref: None,
            subpat: None,
            ident,
            mutability,
            ..
        }) = &*argument.pat
            && !ident.to_string().starts_with('_')
        {
            let ident = ident.clone();
            let is_mutable = mutability.is_some();
            match passing(&ty) {
                Passing::SharedReference if !is_mutable => {
                    self.forwards.push(quote!(#(#conditions)* #ident));
                }
                Passing::ExclusiveReference => self.lend(index, argument, &ident, at),
                _ => {
                    let saved = self.save(
                        &conditions,
                        &format!("saved_{index}"),
                        &quote!(#ident),
                        &ty,
                        at,
                        facade,
                    );
                    self.forwards.push(saved);
                    if !is_mutable {
                        self.take.push(quote_spanned!(at=> #(#conditions)* let #ident = #ident; #(#conditions)* let _ = &#ident;));
                    }
                }
            }
            return;
        }
        // A pattern, or a name that says it is not used: the argument gets a name for the fallback.
        let named = Ident::new(&format!("arg{index}"), at);
        let pattern = std::mem::replace(&mut *argument.pat, parse_quote!(#named));
        if let Pat::Wild(_) = pattern {
            // The body cannot use it.
            self.forwards.push(quote!(#(#conditions)* #named));
            return;
        }
        // In a tuple, since clippy takes a name with an underscore and no effect for a mistake.
        let is_name =
            matches!(&pattern, Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none());
        let bind = |value: TokenStream| {
            let (pattern, value) = if is_name {
                (quote!((#pattern,)), quote!((#value,)))
            } else {
                (quote!(#pattern), value)
            };
            quote_spanned!(at=> #(#conditions)* let #pattern = #value;)
        };
        match passing(&ty) {
            Passing::SharedReference => {
                self.before.push(bind(quote!(#named)));
                self.forwards.push(quote!(#(#conditions)* #named));
            }
            Passing::ExclusiveReference => {
                self.before.push(bind(quote_spanned!(at=> &mut *#named)));
                self.forwards.push(quote!(#(#conditions)* #named));
            }
            Passing::Value => {
                let saved = self.save(
                    &conditions,
                    &format!("saved_{index}"),
                    &quote!(#named),
                    &ty,
                    at,
                    facade,
                );
                self.before.push(bind(quote!(#named)));
                self.forwards.push(saved);
            }
        }
    }

    /// Clones a by-value argument and returns the clone's name.
    fn save(
        &mut self,
        conditions: &[Attribute],
        name: &str,
        argument: &TokenStream,
        ty: &Type,
        at: Span,
        facade: &Facade,
    ) -> TokenStream {
        let saved = Ident::new(name, at);
        let at_type = generated_at(ty.span());
        let turbofish = (!has_impl_trait(ty)).then(|| quote_spanned!(at_type=> ::<#ty>));
        let facade = facade.at(at_type);
        self.before.push(quote_spanned! {at_type=>
            #(#conditions)* let #saved = #facade::__private::clone_argument_for_fallback #turbofish (&#argument);
        });
        quote!(#(#conditions)* #saved)
    }

    /// Lends a `&mut` argument to the body, under the name that it has there.
    fn lend(&mut self, index: usize, argument: &mut PatType, ident: &Ident, at: Span) {
        let conditions = conditions(&argument.attrs);
        let lent = Ident::new(&format!("lent_{index}"), at);
        // Only the body's own name may be `mut`.
        let pattern = std::mem::replace(&mut *argument.pat, parse_quote!(#ident));
        self.lend.push(quote_spanned! {at=>
            #(#conditions)* let #lent = &mut *#ident;
        });
        self.enter.push(quote_spanned! {at=>
            #(#conditions)* let #pattern = #lent;
            #(#conditions)* let _ = &#ident;
        });
        self.forwards.push(quote!(#(#conditions)* #ident));
    }
}

/// `#[cfg(..)]` on an argument, which everything that mentions the argument must repeat.
fn conditions(attributes: &[Attribute]) -> Vec<Attribute> {
    let is_condition = |attribute: &&Attribute| attribute.path().is_ident("cfg");
    attributes.iter().filter(is_condition).cloned().collect()
}

/// `Pin<&mut Self>`, under any path.
fn is_pinned_reference(ty: &Type) -> bool {
    let Type::Path(path) = ty else {
        return false;
    };
    let Some(last) = path.path.segments.last() else {
        return false;
    };
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return false;
    };
    last.ident == "Pin"
        && matches!(
            arguments.args.first(),
            Some(syn::GenericArgument::Type(Type::Reference(reference))) if reference.mutability.is_some()
        )
}
