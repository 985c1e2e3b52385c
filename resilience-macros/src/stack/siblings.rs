//! The attributes of policies among an item's other attributes.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::{Attribute, Meta, Path};

use crate::item::Item;
use crate::options::value::error_at;
use crate::policy::{POLICIES, Policy};

/// One attribute of a policy, not read yet.
pub(crate) struct Sibling {
    pub(crate) policy: &'static Policy,
    /// Where it stands, for what is wrong about it as a whole.
    pub(crate) place: Span,
    /// What it is called there. The compiler has resolved that of the outermost, which is not known.
    pub(crate) path: Option<Path>,
    /// What stands in its parentheses.
    pub(crate) options: TokenStream,
}

/// Takes the attributes of policies off a list, in their order, under whatever path they have.
pub(crate) fn take(attributes: &mut Vec<Attribute>) -> darling::Result<Vec<Sibling>> {
    let mut errors = darling::Error::accumulator();
    let mut siblings = Vec::new();
    attributes.retain(|attribute| {
        if let Some(word) = under_condition(attribute) {
            errors.push(error_at(&word, conditional(&word)));
            return false;
        }
        let Some((policy, place)) = policy_of(attribute) else {
            return true;
        };
        if let Some(options) = errors.handle(options(policy, &attribute.meta)) {
            siblings.push(Sibling {
                policy,
                place,
                path: Some(attribute.path().clone()),
                options,
            });
        }
        false
    });
    errors.finish_with(siblings)
}

fn policy_of(attribute: &Attribute) -> Option<(&'static Policy, Span)> {
    let word = &attribute.path().segments.last()?.ident;
    Some((policy_named(word)?, word.span()))
}

fn policy_named(word: &Ident) -> Option<&'static Policy> {
    POLICIES
        .iter()
        .copied()
        .find(|policy| word == policy.attribute)
}

fn options(policy: &Policy, meta: &Meta) -> darling::Result<TokenStream> {
    match meta {
        Meta::Path(_) => Ok(TokenStream::new()),
        Meta::List(list) => Ok(list.tokens.clone()),
        Meta::NameValue(assignment) => Err(error_at(
            meta,
            format!(
                "an attribute takes its options in parentheses: write `#[{}({})]`",
                policy.attribute,
                crate::options::value::as_written(&assignment.value)
            ),
        )),
    }
}

/// The policy's name in a `#[cfg_attr(.., circuit_breaker(..))]`. The compiler has resolved those
/// on the item itself, so this is one on a method inside of an `impl` block.
fn under_condition(attribute: &Attribute) -> Option<Ident> {
    if !attribute.path().is_ident("cfg_attr") {
        return None;
    }
    conditional_policy(attribute.meta.require_list().ok()?.tokens.clone())
}

fn conditional_policy(list: TokenStream) -> Option<Ident> {
    let mut tokens = list.into_iter();
    // The condition may mention what it likes.
    tokens.find(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','))?;
    tokens.find_map(|token| match token {
        TokenTree::Ident(word) if policy_named(&word).is_some() => Some(word),
        _ => None,
    })
}

fn conditional(word: &Ident) -> String {
    format!(
        "whether this applies is not known yet where the whole block is guarded: write the method twice, each under its `#[cfg(..)]` and one of them with `#[{word}(..)]`"
    )
}

/// The item without any attribute of a policy, those of a block's methods included: where one is
/// wrong, none of them may expand on its own and report again, or guard half of a stack. Their names
/// are used, so that nobody is told of imports without a use as well.
pub(crate) fn without(policy: &Policy, item: &TokenStream) -> TokenStream {
    let Ok(kind) = Item::of(policy, item) else {
        return item.clone();
    };
    let mut imports = Vec::new();
    let mut tokens = without_attributes(item.clone(), &mut imports);
    if let (Item::Block, Some(TokenTree::Group(members))) = (&kind, tokens.last_mut()) {
        let mut without = Group::new(
            members.delimiter(),
            without_attributes(members.stream(), &mut imports)
                .into_iter()
                .collect(),
        );
        without.set_span(members.span());
        *members = without;
    }
    let imports = quote!(#(#[allow(unused_imports)] use #imports as _;)*);
    match (kind, tokens.last_mut()) {
        _ if imports.is_empty() => {}
        (Item::Block, Some(_)) => tokens.extend(quote!(const _: () = { #imports };)),
        (Item::Function, Some(TokenTree::Group(body)))
            if body.delimiter() == Delimiter::Brace && !has_inner_attribute(body) =>
        {
            let inside = body.stream();
            let mut with_imports = Group::new(Delimiter::Brace, quote!(#imports #inside));
            with_imports.set_span(body.span());
            *body = with_imports;
        }
        _ => {}
    }
    tokens.into_iter().collect()
}

fn has_inner_attribute(body: &Group) -> bool {
    let mut tokens = body.stream().into_iter();
    let mut is = |character| matches!(tokens.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == character);
    is('#') && is('!')
}

/// The tokens without attributes of policies, of which the paths are added to `paths`.
fn without_attributes(tokens: TokenStream, paths: &mut Vec<TokenStream>) -> Vec<TokenTree> {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        if let TokenTree::Group(group) = &token
            && group.delimiter() == Delimiter::Bracket
            && matches!(kept.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#')
            && names_policy(group.stream())
        {
            kept.pop();
            let path = group.stream().into_iter().take_while(is_of_path);
            let path: TokenStream = path.collect();
            paths.extend((!path.is_empty()).then_some(path));
        } else {
            kept.push(token);
        }
    }
    kept
}

fn is_of_path(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(word) => word != "cfg_attr",
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    }
}

/// Whether the path at the head of an attribute ends in a policy's name, or a condition does.
fn names_policy(attribute: TokenStream) -> bool {
    let mut last = None;
    for token in attribute {
        match token {
            TokenTree::Ident(word) => last = Some(word),
            TokenTree::Punct(punct) if punct.as_char() == ':' => {}
            TokenTree::Group(condition) if last.as_ref().is_some_and(|word| word == "cfg_attr") => {
                return conditional_policy(condition.stream()).is_some();
            }
            _ => break,
        }
    }
    last.is_some_and(|word| policy_named(&word).is_some())
}
