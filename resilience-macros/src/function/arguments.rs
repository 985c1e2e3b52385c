//! One argument at a time: shared, kept, cloned, copied or lent.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Pat, PatIdent, PatType, Receiver, ReceiverKind, Type, parse_quote};

use super::plan::{Capture, Plan};
use super::shape::{Shape, has_impl_trait};
use crate::options::Facade;
use crate::span::generated_at;

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
    pub(super) fn share_receiver(
        &mut self,
        receiver: &mut Receiver,
        shape: &Shape,
        facade: &Facade,
    ) {
        let token = receiver.self_token;
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
        let argument = Argument {
            conditions: Vec::new(),
            what: quote!(#token),
            ty: &ty,
            at: generated_at(receiver.span()),
        };
        let is_pinned =
            matches!(&receiver.kind, ReceiverKind::Typed(_, ty) if is_pinned_reference(ty));
        let was_mutable = receiver.mutability.is_some();
        if (is_pinned || matches!(passing, Passing::Value)) && self.repeats() {
            // `self` can be assigned to and lent, but not declared.
            receiver.mutability = receiver
                .mutability
                .or_else(|| Some(syn::Token![mut](token.span)));
        }
        let own = quote!(#token);
        for level in 0..self.frames.len() {
            if self.frames[level].repeats {
                match passing {
                    Passing::SharedReference => {}
                    Passing::ExclusiveReference => self.frames[level].capture = Capture::InPlace,
                    Passing::Value => {
                        self.keep(level, "kept_self", &argument, &own, facade);
                        let at = argument.at;
                        // An attempt may have no use for it.
                        self.frames[level]
                            .again
                            .push(quote_spanned!(at=> let _ = &#token;));
                    }
                }
                continue;
            }
            if !self.frames[level].takes_receiver {
                continue;
            }
            let forward = match passing {
                Passing::SharedReference => quote!(#token),
                Passing::ExclusiveReference => {
                    self.frames[level].capture = Capture::InPlace;
                    if is_pinned && self.repeats() {
                        let at = argument.at;
                        quote_spanned!(at=> ::core::pin::Pin::as_mut(&mut #token))
                    } else {
                        quote!(#token)
                    }
                }
                Passing::Value => self.save(level, "saved_self", &argument, facade),
            };
            self.frames[level].receiver = Some(forward);
        }
        if matches!(passing, Passing::ExclusiveReference) {
            self.rename_receiver(receiver, shape, is_pinned, was_mutable);
        }
    }

    /// Gives the body of an attempt a receiver that is lent to it, where it takes its receiver along:
    /// a future that it returns does, and a pinned one is moved. `self` can be lent only under another
    /// name.
    fn rename_receiver(
        &mut self,
        receiver: &Receiver,
        shape: &Shape,
        is_pinned: bool,
        is_mutable: bool,
    ) {
        let makes_future = matches!(shape, Shape::Opaque { .. } | Shape::Boxed { .. });
        let attempts = self.frames.iter_mut().rfind(|frame| frame.repeats);
        let (Some(attempts), true) = (attempts, is_pinned || makes_future) else {
            return;
        };
        let at = generated_at(receiver.span());
        let token = receiver.self_token;
        let lent = Ident::new("lent_self", at);
        let mutability = (is_pinned && is_mutable).then(|| syn::Token![mut](at));
        let reference = if is_pinned {
            quote_spanned!(at=> ::core::pin::Pin::as_mut(&mut #token))
        } else {
            quote_spanned!(at=> &mut *#token)
        };
        let statement = quote_spanned!(at=> let #mutability #lent = #reference;);
        if makes_future {
            attempts.lend.push(statement);
        } else {
            self.enter.push(statement);
        }
        self.receiver = Some(lent);
    }

    pub(super) fn share(&mut self, index: usize, argument: &mut PatType, facade: &Facade) {
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
                    self.forward(&quote!(#(#conditions)* #ident));
                }
                Passing::ExclusiveReference => {
                    // Only the body's own name may be `mut`.
                    let own = std::mem::replace(&mut *argument.pat, parse_quote!(#ident));
                    self.lend(index, &conditions, &ident, &own, at);
                    self.enter
                        .push(quote_spanned!(at=> #(#conditions)* let _ = &#ident;));
                }
                _ => {
                    let saved = Argument {
                        what: quote!(#ident),
                        conditions: conditions.clone(),
                        ty: &ty,
                        at,
                    };
                    let own = if is_mutable && self.repeats() {
                        // Only the body's own name may be `mut`.
                        std::mem::replace(&mut *argument.pat, parse_quote!(#ident))
                    } else {
                        parse_quote!(#ident)
                    };
                    self.save_for_all(index, &saved, &Use::By(own), facade);
                    if !is_mutable {
                        self.take.push(quote_spanned!(at=> #(#conditions)* let #ident = #ident; #(#conditions)* let _ = &#ident;));
                    }
                }
            }
            return;
        }
        if matches!(*argument.pat, Pat::Wild(_)) && self.frames.iter().all(|frame| frame.repeats) {
            return;
        }
        // A pattern, or a name that says it is not used: the argument gets a name for the fallback.
        let named = Ident::new(&format!("arg{index}"), at);
        let pattern = std::mem::replace(&mut *argument.pat, parse_quote!(#named));
        if let Pat::Wild(_) = pattern {
            self.share_unused(index, &conditions, &named, &ty, facade);
            return;
        }
        match passing(&ty) {
            Passing::SharedReference => {
                self.open
                    .push(bind(&conditions, &pattern, &quote!(#named), at));
                self.forward(&quote!(#(#conditions)* #named));
            }
            Passing::ExclusiveReference if self.frames.len() > 1 || self.repeats() => {
                self.lend(index, &conditions, &named, &pattern, at);
            }
            Passing::ExclusiveReference => {
                let lent = quote_spanned!(at=> &mut *#named);
                self.open.push(bind(&conditions, &pattern, &lent, at));
                self.forward(&quote!(#(#conditions)* #named));
            }
            Passing::Value => {
                let saved = Argument {
                    what: quote!(#named),
                    conditions,
                    ty: &ty,
                    at,
                };
                let open = bind(&saved.conditions, &pattern, &quote!(#named), at);
                self.save_for_all(index, &saved, &Use::Apart, facade);
                self.open_for_body(&saved, &pattern, open, facade);
            }
        }
    }

    /// An argument that the body cannot use goes to the fallback as it is; several need their own.
    fn share_unused(
        &mut self,
        index: usize,
        conditions: &[Attribute],
        named: &Ident,
        ty: &Type,
        facade: &Facade,
    ) {
        let at = named.span();
        match passing(ty) {
            Passing::Value if self.frames.len() > 1 => {
                let saved = Argument {
                    what: quote!(#named),
                    conditions: conditions.to_vec(),
                    ty,
                    at,
                };
                self.save_for_all(index, &saved, &Use::None, facade);
            }
            Passing::ExclusiveReference if self.frames.len() > 1 => {
                self.lend(index, conditions, named, &parse_quote!(_), at);
            }
            _ => self.forward(&quote!(#(#conditions)* #named)),
        }
    }

    /// Hands something that can be had many times to every fallback.
    fn forward(&mut self, argument: &TokenStream) {
        for frame in &mut self.frames {
            frame.forwards.push(argument.clone());
        }
    }

    /// Gives every fallback and every attempt its own of something that comes by value.
    fn save_for_all(&mut self, index: usize, argument: &Argument<'_>, body: &Use, facade: &Facade) {
        let innermost = self.frames.iter().rposition(|frame| frame.repeats);
        for level in 0..self.frames.len() {
            if self.frames[level].repeats {
                let has_fallback = self.frames[level..].iter().any(|frame| !frame.repeats);
                let what = &argument.what;
                let own = match body {
                    Use::None if !has_fallback => continue,
                    Use::By(own) if innermost == Some(level) => quote!(let #own),
                    _ => quote!(let #what),
                };
                self.keep(level, &format!("kept_{index}"), argument, &own, facade);
            } else {
                let saved = self.save(level, &format!("saved_{index}"), argument, facade);
                self.frames[level].forwards.push(saved);
            }
        }
    }

    /// Keeps a by-value argument for the attempts of one frame, of which each takes its own: a clone,
    /// or at last the argument itself. Where it is `Copy`, the runtime finds, each takes a copy.
    fn keep(
        &mut self,
        level: usize,
        name: &str,
        argument: &Argument<'_>,
        own: &TokenStream,
        facade: &Facade,
    ) {
        let Argument {
            conditions,
            what,
            ty,
            at,
        } = argument;
        let kept = numbered(name, level, *at);
        let at_type = generated_at(ty.span());
        let turbofish = turbofish(ty, at_type);
        let facade = facade.at(at_type);
        let frame = &mut self.frames[level];
        frame.keep.push(quote_spanned! {*at=>
            #(#conditions)* let mut #kept = ::core::option::Option::Some(#what);
        });
        frame.again.push(quote_spanned! {at_type=>
            #(#conditions)* #own = {
                #[allow(unused_imports)]
                use #facade::__private::MovesAtLast as _;
                let is_last = #facade::__private::Kept(&#kept).is_last(&attempts);
                #facade::__private::argument_for_attempt #turbofish (&mut #kept, is_last)
            };
        });
    }

    /// Takes a pattern apart where the body gets its argument: at each attempt, if there is a retry.
    /// Expressions in the attributes see it at the head of the function, too.
    fn open_for_body(
        &mut self,
        argument: &Argument<'_>,
        pattern: &Pat,
        open: TokenStream,
        facade: &Facade,
    ) {
        let has_expressions = self.has_expressions;
        let Some(attempts) = self.frames.iter_mut().rfind(|frame| frame.repeats) else {
            self.open.push(open);
            return;
        };
        attempts.again.push(open);
        if has_expressions {
            let Argument {
                conditions,
                what,
                ty,
                ..
            } = argument;
            let at = generated_at(ty.span());
            let turbofish = turbofish(ty, at);
            let facade = facade.at(at);
            self.open.push(quote_spanned! {at=>
                #(#conditions)* #[allow(unused_variables, unused_mut)]
                let (#pattern,) = (#facade::__private::clone_argument_for_attempt #turbofish (&#what),);
            });
        }
    }

    /// The statements at the head of what a frame is in: an attempt, or the function.
    fn before(&mut self, level: usize) -> &mut Vec<TokenStream> {
        match self.frames[..level].iter().rposition(|frame| frame.repeats) {
            Some(attempts) => &mut self.frames[attempts].again,
            None => &mut self.before,
        }
    }

    /// Clones a by-value argument for the fallback of one frame and returns the clone's name.
    fn save(
        &mut self,
        level: usize,
        name: &str,
        argument: &Argument<'_>,
        facade: &Facade,
    ) -> TokenStream {
        let Argument {
            conditions,
            what,
            ty,
            at,
        } = argument;
        let saved = numbered(name, level, *at);
        let at_type = generated_at(ty.span());
        let turbofish = turbofish(ty, at_type);
        let facade = facade.at(at_type);
        self.before(level).push(quote_spanned! {at_type=>
            #(#conditions)* let #saved = #facade::__private::clone_argument_for_fallback #turbofish (&#what);
        });
        quote!(#(#conditions)* #saved)
    }

    /// Lends a `&mut` argument inwards, from each frame to the next and at last to the body, which
    /// takes it by its own pattern.
    fn lend(&mut self, index: usize, conditions: &[Attribute], ident: &Ident, own: &Pat, at: Span) {
        for (level, frame) in self.frames.iter_mut().enumerate() {
            let lent = numbered(&format!("lent_{index}"), level, at);
            if let Some(outside) = level.checked_sub(1) {
                let lent = numbered(&format!("lent_{index}"), outside, at);
                frame
                    .enter
                    .push(quote_spanned!(at=> #(#conditions)* let #ident = #lent;));
            }
            frame
                .lend
                .push(quote_spanned!(at=> #(#conditions)* let #lent = &mut *#ident;));
            frame.forwards.push(quote!(#(#conditions)* #ident));
        }
        let lent = numbered(
            &format!("lent_{index}"),
            self.frames.len().saturating_sub(1),
            at,
        );
        self.enter.push(bind(conditions, own, &quote!(#lent), at));
    }
}

/// The type, where it can be named.
fn turbofish(ty: &Type, at: Span) -> Option<TokenStream> {
    (!has_impl_trait(ty)).then(|| quote_spanned!(at=> ::<#ty>))
}

/// What the body does with an argument that comes by value.
enum Use {
    /// It takes it by this pattern.
    By(Pat),
    /// It takes it apart, by a pattern of its own.
    Apart,
    /// Nothing.
    None,
}

/// An argument that is cloned.
struct Argument<'a> {
    conditions: Vec<Attribute>,
    what: TokenStream,
    ty: &'a Type,
    at: Span,
}

/// Takes an argument by its own pattern.
///
/// A name with an underscore stands in a tuple, since clippy takes such a name and no effect for a
/// mistake.
fn bind(conditions: &[Attribute], pattern: &Pat, value: &TokenStream, at: Span) -> TokenStream {
    let is_unused_name = matches!(
        pattern,
        Pat::Ident(name) if name.by_ref.is_none()
            && name.subpat.is_none()
            && name.ident.to_string().starts_with('_')
    );
    if is_unused_name {
        quote_spanned!(at=> #(#conditions)* let (#pattern,) = (#value,);)
    } else {
        quote_spanned!(at=> #(#conditions)* let #pattern = #value;)
    }
}

/// The name of something that each frame has one of.
fn numbered(name: &str, level: usize, at: Span) -> Ident {
    match level {
        0 => Ident::new(name, at),
        level => Ident::new(&format!("{name}_{level}"), at),
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
