//! The implementation as tokens.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Generics, Type, parse_quote};

use super::input::{Classed, Input, Inside, Shape};
use crate::options::Facade;
use crate::span::generated_at;

/// `impl ErrorClass for ..`.
pub(super) fn expand(input: &Input<'_>) -> TokenStream {
    let Input {
        name,
        generics,
        facade,
        shape,
    } = input;
    let at = Span::mixed_site();
    let body = match shape {
        Shape::Struct(Classed::Of(inside)) => {
            let member = &inside.member;
            asked(inside, &quote_spanned!(at=> &self.#member), facade)
        }
        Shape::Struct(Classed::Own {
            is_failure,
            is_retried,
        }) => classification(*is_failure, *is_retried, facade, at),
        Shape::Enum(variants) => of_variants(variants, facade, at),
    };
    let variant_name = variant_name(shape, at);
    let generics = bounded(generics, shape, facade);
    let (parameters, arguments, bounds) = generics.split_for_impl();
    let facade = facade.at(at);
    quote_spanned! {at=>
        #[automatically_derived]
        #[allow(deprecated)]
        impl #parameters #facade::ErrorClass for #name #arguments #bounds {
            #[inline]
            fn classify(&self) -> #facade::Classification {
                #body
            }
            #variant_name
        }
    }
}

/// Variants of one class share an arm.
fn of_variants(variants: &[(&Ident, Classed<'_>)], facade: &Facade, at: Span) -> TokenStream {
    if variants.is_empty() {
        return quote_spanned!(at=> match *self {});
    }
    let mut arms = Vec::new();
    for (is_failure, is_retried) in [(true, true), (true, false), (false, true), (false, false)] {
        let of_class: Vec<_> = variants
            .iter()
            .filter(|(_, classed)| {
                matches!(classed, Classed::Own { is_failure: failure, is_retried: retried }
                    if (*failure, *retried) == (is_failure, is_retried))
            })
            .map(|(variant, _)| quote_spanned!(at=> Self::#variant { .. }))
            .collect();
        let class = classification(is_failure, is_retried, facade, at);
        if of_class.len() == variants.len() {
            return class;
        }
        if !of_class.is_empty() {
            arms.push(quote_spanned!(at=> #(#of_class)|* => #class,));
        }
    }
    for (variant, classed) in variants {
        if let Classed::Of(inside) = classed {
            let member = &inside.member;
            let class = asked(inside, &quote_spanned!(at=> error), facade);
            arms.push(quote_spanned!(at=> Self::#variant { #member: error } => #class,));
        }
    }
    quote_spanned!(at=> match self { #(#arms)* })
}

/// The variant's name. That of a transparent one is its own: it says where the error is from.
fn variant_name(shape: &Shape<'_>, at: Span) -> Option<TokenStream> {
    let Shape::Enum(variants) = shape else {
        return None;
    };
    let arms: Vec<_> = variants
        .iter()
        .map(|(variant, _)| {
            let name = variant.unraw().to_string();
            quote_spanned!(at=> Self::#variant { .. } => #name,)
        })
        .collect();
    if arms.is_empty() {
        return None;
    }
    Some(quote_spanned! {at=>
        #[inline]
        fn variant_name(&self) -> ::core::option::Option<&'static ::core::primitive::str> {
            ::core::option::Option::Some(match self { #(#arms)* })
        }
    })
}

fn classification(is_failure: bool, is_retried: bool, facade: &Facade, at: Span) -> TokenStream {
    let facade = facade.at(at);
    let class = match (is_failure, is_retried) {
        (true, true) => quote!(FAILURE),
        (true, false) => quote!(FAILURE.no_retry()),
        (false, true) => quote!(IGNORE.retry()),
        (false, false) => quote!(IGNORE),
    };
    quote_spanned!(at=> #facade::Classification::#class)
}

/// The class of the error inside. Where that has none, the compiler says so at its type.
fn asked(inside: &Inside<'_>, error: &TokenStream, facade: &Facade) -> TokenStream {
    let ty = inside.ty;
    let at = generated_at(ty.span());
    let facade = facade.at(at);
    quote_spanned!(at=> <#ty as #facade::ErrorClass>::classify(#error))
}

/// With a bound for each error inside whose type depends on a parameter.
fn bounded(generics: &Generics, shape: &Shape<'_>, facade: &Facade) -> Generics {
    let classed: Vec<_> = match shape {
        Shape::Struct(classed) => vec![classed],
        Shape::Enum(variants) => variants.iter().map(|(_, classed)| classed).collect(),
    };
    let mut generics = generics.clone();
    for classed in classed {
        let Classed::Of(Inside { ty, .. }) = classed else {
            continue;
        };
        if mentions(ty, &generics) {
            let facade = facade.at(generated_at(ty.span()));
            let bounds = generics.make_where_clause();
            bounds
                .predicates
                .push(parse_quote!(#ty: #facade::ErrorClass));
        }
    }
    generics
}

/// Whether a type depends on a parameter that is one.
fn mentions(ty: &Type, generics: &Generics) -> bool {
    struct Find<'a> {
        generics: &'a Generics,
        found: bool,
    }
    impl<'ast> Visit<'ast> for Find<'_> {
        fn visit_ident(&mut self, word: &'ast Ident) {
            self.found |= self
                .generics
                .type_params()
                .any(|parameter| parameter.ident == *word);
        }
    }
    let mut find = Find {
        generics,
        found: false,
    };
    find.visit_type(ty);
    find.found
}
