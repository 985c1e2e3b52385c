//! One attribute and its siblings, from tokens to tokens.

use proc_macro2::{Span, TokenStream};

use crate::function::{self, Function, Written};
use crate::item::Item;
use crate::options::Facade;
use crate::policy::Policy;
use crate::stack::siblings::{self, Sibling};
use crate::{block, check, expand, stack};

/// Expands one attribute. When it is wrong, the item stays as it was, so that only the mistake
/// itself is reported and not everything that calls the function.
pub(crate) fn guard(
    policy: &'static Policy,
    options: TokenStream,
    item: &TokenStream,
) -> TokenStream {
    let outermost = Sibling {
        policy,
        place: Span::call_site(),
        path: None,
        options,
    };
    let expanded = Item::of(policy, item).and_then(|kind| match kind {
        Item::Function => guard_function(outermost, item),
        Item::Block => block::guard(outermost, item),
    });
    expanded.unwrap_or_else(|errors| {
        let item = siblings::without(policy, item);
        let errors = errors.write_errors();
        quote::quote!(#item #errors)
    })
}

fn guard_function(outermost: Sibling, item: &TokenStream) -> darling::Result<TokenStream> {
    let policy = outermost.policy;
    let mut errors = darling::Error::accumulator();
    let name = function::name(item);
    let mut written = errors.handle(syn::parse2::<Written>(item.clone()).map_err(Into::into));
    let mut attributes = vec![outermost];
    if let Some(written) = &mut written {
        attributes.extend(
            errors
                .handle(siblings::take(&mut written.attributes))
                .unwrap_or_default(),
        );
    }
    let layers = stack::read(attributes, name.as_ref(), &Facade::default(), &mut errors);
    let layers: Vec<_> = layers.iter().collect();
    let function = written.and_then(|written| errors.handle(Function::of(policy, written)));
    if let Some(function) = &function {
        check::check(&layers, 0, function, &mut errors);
    }
    errors.finish()?;
    // Without a function there was an error.
    Ok(function.map_or_else(TokenStream::new, |function| {
        expand::expand(&layers, &layers, &function)
    }))
}
