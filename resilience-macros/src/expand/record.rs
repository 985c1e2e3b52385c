//! The record that a function leaves of its attributes.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use crate::options::value::as_written;
use crate::options::{Facade, Fallback, InstanceName, SharedConfig};
use crate::span::generated_at;
use crate::stack::Layer;

/// An item that adds the function to the program's list.
pub(super) fn record(layers: &[&Layer], function: &Ident, facade: &Facade) -> TokenStream {
    let at = generated_at(function.span());
    let facade = facade.at(at);
    let name = unraw(function);
    let attributes = layers.iter().map(|layer| attribute(layer, at));
    quote_spanned! {at=>
        #facade::__private::leave_record! {
            #facade::__private::GuardedFunction {
                module: ::core::module_path!(),
                name: #name,
                attributes: &[#(#attributes),*],
            }
        }
    }
}

fn attribute(layer: &Layer, at: Span) -> TokenStream {
    let options = &layer.options;
    let facade = options.facade.at(at);
    let policy = Ident::new(layer.policy.runtime.instance, at);
    let name = match &options.name {
        InstanceName::Literal(text) => quote_spanned!(at=> name: #text,),
        InstanceName::Expression(expression) => {
            let text = as_written(expression);
            quote_spanned!(at=> name: #text, is_expression: true,)
        }
    };
    let config = options.config.as_ref().map(
        |SharedConfig(name)| quote_spanned!(at=> config: ::core::option::Option::Some(#name),),
    );
    let registry = options.registry.as_ref().map(|registry| {
        let text = as_written(&registry.0);
        quote_spanned!(at=> registry: ::core::option::Option::Some(#text),)
    });
    let settings = options.settings.iter().map(|(setting, value)| {
        let name = setting.name;
        let value = value.to_string();
        quote_spanned!(at=> (#name, #value))
    });
    let settings = list("settings", settings, at);
    let fallbacks = options.fallback.iter().flat_map(Fallback::paths);
    let fallbacks = fallbacks.map(|path| as_written(&path.0).to_token_stream());
    let fallbacks = list("fallbacks", fallbacks, at);
    let (file, line) = place(layer.place, at);
    quote_spanned! {at=>
        #facade::__private::AttributeRecord {
            policy: #facade::Policy::#policy,
            #name
            #config
            #registry
            #settings
            #fallbacks
            file: #file,
            line: #line,
            ..#facade::__private::AttributeRecord::BARE
        }
    }
}

/// A field that is a list, unless that is empty.
fn list(field: &str, items: impl Iterator<Item = TokenStream>, at: Span) -> Option<TokenStream> {
    let items: Vec<_> = items.collect();
    let field = Ident::new(field, at);
    (!items.is_empty()).then(|| quote_spanned!(at=> #field: &[#(#items),*],))
}

/// The name as `r#try` is called elsewhere.
fn unraw(function: &Ident) -> String {
    let name = function.to_string();
    name.trim_start_matches("r#").to_owned()
}

/// File and line of an attribute. `line!()` would be that of the outermost one for all of a stack,
/// and that of the block for the methods' own.
fn place(attribute: Span, at: Span) -> (TokenStream, TokenStream) {
    if !proc_macro::is_available() {
        return (
            quote_spanned!(at=> ::core::file!()),
            quote_spanned!(at=> ::core::line!()),
        );
    }
    let place = attribute.unwrap();
    let file = place.file();
    let line = Literal::usize_unsuffixed(place.line());
    (quote_spanned!(at=> #file), quote_spanned!(at=> #line))
}
