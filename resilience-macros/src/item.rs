//! What the attribute stands on, told by the first word that says so.

use proc_macro2::{TokenStream, TokenTree};

use crate::options::value::error_at;
use crate::policy::Policy;

/// What can be guarded.
pub(crate) enum Item {
    Function,
    /// `impl .. { .. }`
    Block,
}

impl Item {
    /// Tells what it is; the error is for what is neither.
    pub(crate) fn of(policy: &Policy, item: &TokenStream) -> darling::Result<Self> {
        let attribute = policy.attribute;
        for token in item.clone() {
            let TokenTree::Ident(word) = &token else {
                continue;
            };
            match word.to_string().as_str() {
                "fn" => return Ok(Self::Function),
                "impl" => return Ok(Self::Block),
                what @ ("struct" | "enum" | "union" | "trait" | "mod" | "static" | "type"
                | "use" | "let" | "macro_rules") => {
                    return Err(error_at(
                        word,
                        format!(
                            "`#[{attribute}]` guards functions and methods, and this is a `{what}`: put it on the `fn` whose calls the {} should watch",
                            policy.noun
                        ),
                    ));
                }
                _ => {}
            }
        }
        let message = format!("`#[{attribute}]` guards functions and methods: put it on a `fn`");
        Err(match item.clone().into_iter().next() {
            Some(first) => error_at(&first, message),
            None => darling::Error::custom(message),
        })
    }
}
