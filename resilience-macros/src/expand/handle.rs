//! Finding the instance.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::configure::configure;
use crate::options::{InstanceName, Options, Permits, SharedConfig};
use crate::span::generated_at;
use crate::stack::Layer;

/// How the expansion gets hold of the policy's instance.
pub(super) struct Handle {
    /// The statement that finds it.
    pub(super) lookup: TokenStream,
    /// The expression that refers to it afterwards.
    pub(super) reference: TokenStream,
    /// The variable that holds it, where that is not a reference to a static.
    pub(super) owned: Option<Ident>,
    /// The permits that the call takes of it, where it has any.
    pub(super) permits: TokenStream,
}

/// A literal name in the global registry is looked up once for the call site; everything else for
/// each call, before the body takes the arguments.
///
/// In a stack each policy has a variable of its own, numbered from the outermost.
pub(super) fn handle(layer: &Layer, level: usize) -> Handle {
    let policy = layer.policy;
    let Options {
        name,
        config,
        registry,
        facade,
        settings,
        ..
    } = &layer.options;
    let at = generated_at(match name {
        InstanceName::Literal(text) => text.span(),
        InstanceName::Expression(expression) => expression.span(),
    });
    let variable = numbered("policy", level, at);
    let (permits, take_permits) = permits(&layer.options, level);
    let configure = configure(policy, settings, facade, at);
    let facade_at_name = facade.at(at);
    let instance = Ident::new(policy.runtime.instance, at);
    let config = config.as_ref().map(|SharedConfig(name)| name);
    if let (InstanceName::Literal(text), None) = (name, registry) {
        let configure = configure.map(|configure| quote_spanned!(at=> .configure(#configure)));
        let config = config.map(|config| quote_spanned!(at=> .config(#config)));
        return Handle {
            lookup: quote_spanned! {at=>
                let #variable = {
                    static SITE: #facade_at_name::__private::Site<#facade_at_name::#instance> =
                        #facade_at_name::__private::Site::<#facade_at_name::#instance>::new(#text)#config #configure;
                    SITE.resolve()
                };
                #take_permits
            },
            reference: quote!(#variable),
            owned: None,
            permits,
        };
    }
    let registry = if let Some(registry) = registry {
        let registry = &registry.0;
        let at = generated_at(registry.span());
        quote_spanned!(at=> &(#registry))
    } else {
        quote_spanned!(at=> &#facade_at_name::__private::current_registry())
    };
    let name = match name {
        InstanceName::Literal(text) => quote!(#text),
        InstanceName::Expression(expression) => {
            quote_spanned!(at=> #facade_at_name::__private::instance_name(&(#expression)))
        }
    };
    let (resolve, config) = match (config, &configure) {
        (None, None) => (quote_spanned!(at=> resolve_named), None),
        (None, Some(_)) => (quote_spanned!(at=> resolve), None),
        (Some(config), _) => (
            quote_spanned!(at=> resolve_in_config),
            Some(quote_spanned!(at=> #config,)),
        ),
    };
    let configure = configure
        .or_else(|| {
            config
                .as_ref()
                .map(|_| quote_spanned!(at=> ::core::convert::identity))
        })
        .map(|configure| quote_spanned!(at=> #configure,));
    Handle {
        lookup: quote_spanned! {at=>
            let #variable = #facade_at_name::__private::#resolve::<#facade_at_name::#instance>(
                #registry,
                #name,
                #config
                #configure
            );
            #take_permits
        },
        reference: quote_spanned!(at=> &#variable),
        owned: Some(variable),
        permits,
    }
}

/// The permits of a call, and the statement that finds out how many they are.
fn permits(options: &Options, level: usize) -> (TokenStream, TokenStream) {
    let Some(Permits(expression)) = &options.permits else {
        return (quote!(1), TokenStream::new());
    };
    if let Expr::Lit(literal) = expression {
        return (quote!(#literal), TokenStream::new());
    }
    let at = generated_at(expression.span());
    let variable = numbered("permits", level, at);
    let take = quote_spanned!(at=> let #variable: ::core::primitive::u32 = #expression;);
    (quote!(#variable), take)
}

/// In a stack each policy has variables of its own.
fn numbered(name: &str, level: usize, at: Span) -> Ident {
    match level {
        0 => Ident::new(name, at),
        level => Ident::new(&format!("{name}_{level}"), at),
    }
}
