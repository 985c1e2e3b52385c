//! An attribute on a whole `impl` block.
//!
//! The block is taken apart into its members, and each method that can fail is expanded as if the
//! block's attributes stood above its own. What a block cannot guard stays as it is.

mod members;
mod method;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Attribute;
use syn::parse::{Parse, ParseStream};

use self::members::Member;
use self::method::{Around, Method, fallback_methods};
use crate::options::value::error_at;
use crate::options::{Facade, refuse_skip_of_block};
use crate::stack::siblings::{self, Sibling};
use crate::stack::{self, Layer};

/// An `impl` block.
struct Block {
    attributes: Vec<Attribute>,
    /// Everything from there to the braces.
    head: TokenStream,
    /// `#![..]` in the braces.
    inner_attributes: Vec<Attribute>,
    members: Vec<Member>,
    braces: Group,
}

impl Parse for Block {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let mut head = Vec::new();
        while !input.is_empty() {
            head.push(input.parse::<TokenTree>()?);
        }
        let braces = match head.pop() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
            _ => return Err(input.error("expected the members of the block in braces")),
        };
        let parse = |input: ParseStream<'_>| {
            Ok((
                input.call(Attribute::parse_inner)?,
                members::members(input)?,
            ))
        };
        let (inner_attributes, members) = syn::parse::Parser::parse2(parse, braces.stream())?;
        Ok(Self {
            attributes,
            head: head.into_iter().collect(),
            inner_attributes,
            members,
            braces,
        })
    }
}

/// Guards the methods of a block.
pub(crate) fn guard(outermost: Sibling, item: &TokenStream) -> darling::Result<TokenStream> {
    let mut block: Block = syn::parse2(item.clone())?;
    let mut errors = darling::Error::accumulator();
    let mut attributes = vec![outermost];
    attributes.extend(
        errors
            .handle(siblings::take(&mut block.attributes))
            .unwrap_or_default(),
    );
    attributes.retain(|sibling| {
        errors
            .handle(refuse_skip_of_block(sibling.policy, &sibling.options))
            .is_some()
    });
    let policies: Vec<_> = attributes.iter().map(|sibling| sibling.policy).collect();
    let keyword = keyword(&block.head);
    let layers = stack::read(attributes, None, &Facade::default(), &mut errors);
    stack::check_instances(&layers, &mut errors);
    let facade = layers
        .first()
        .map_or_else(Facade::default, |layer| layer.options.facade.clone());

    let mut members = Vec::new();
    for member in std::mem::take(&mut block.members) {
        members.push(match member {
            Member::Other(tokens) => Err(tokens),
            Member::Function(written) => {
                Ok(Method::read(*written, &facade, &policies, &mut errors))
            }
        });
    }
    let fallbacks: Vec<_> = fallback_methods(&layers)
        .chain(members.iter().flatten().flat_map(Method::fallbacks))
        .collect();
    let around = Around {
        layers: &layers,
        fallbacks: &fallbacks,
    };
    // What cannot be read has been reported; that it guards nothing need not be.
    errors.finish()?;
    check_each_guards(&around, &members, keyword.as_ref())?;
    let mut errors = darling::Error::accumulator();
    let mut guarded = TokenStream::new();
    let mut guarding: Vec<&Layer> = Vec::new();
    for member in members {
        guarded.extend(match member {
            Err(tokens) => tokens,
            Ok(method) => {
                let inherited = method.inherited(&around);
                let new: Vec<_> = inherited
                    .iter()
                    .copied()
                    .filter(|layer| !guarding.iter().any(|other| std::ptr::eq(*other, *layer)))
                    .collect();
                guarding.extend(&new);
                method.expand(&inherited, &new, &mut errors)
            }
        });
    }
    errors.finish()?;
    Ok(block.with(&guarded))
}

impl Block {
    fn with(&self, members: &TokenStream) -> TokenStream {
        let Self {
            attributes,
            head,
            inner_attributes,
            braces,
            ..
        } = self;
        let mut block = Group::new(Delimiter::Brace, quote!(#(#inner_attributes)* #members));
        block.set_span(braces.span());
        let block = block.to_token_stream();
        quote!(#(#attributes)* #head #block)
    }
}

/// The `impl`, for what is wrong about the block as a whole.
fn keyword(head: &TokenStream) -> Option<Ident> {
    head.clone().into_iter().find_map(|token| match token {
        TokenTree::Ident(word) if word == "impl" => Some(word),
        _ => None,
    })
}

/// Refuses an attribute that guards no method of its block.
fn check_each_guards(
    around: &Around<'_>,
    members: &[Result<Method, TokenStream>],
    keyword: Option<&Ident>,
) -> darling::Result<()> {
    let guards = |layer: &Layer| {
        members.iter().flatten().any(|method| {
            method
                .inherited(around)
                .iter()
                .any(|other| std::ptr::eq(*other, layer))
        })
    };
    let Some(idle) = around.layers.iter().find(|layer| !guards(layer)) else {
        return Ok(());
    };
    let attribute = idle.policy.attribute;
    let message = format!(
        "`#[{attribute}(..)]` guards the methods of a block that return a `Result`, and none here is left for it: remove it, or put it where the calls that can fail are (methods that are skipped, serve as fallbacks or have a `#[{attribute}(..)]` of their own do not count)"
    );
    Err(match keyword {
        Some(keyword) => error_at(keyword, message),
        None => darling::Error::custom(message),
    })
}
