//! `skip`, on a method of an annotated `impl` block.

use darling::ast::NestedMeta;
use proc_macro2::{Span, TokenStream};
use syn::Meta;
use syn::spanned::Spanned;

use super::value::error_at;
use crate::policy::Policy;

/// That a method is left out of what guards its block.
pub(crate) struct Skip(Span);

impl Skip {
    /// Looks for `skip` among the options; the error is for one that is not alone.
    pub(crate) fn find(policy: &Policy, options: &TokenStream) -> darling::Result<Option<Self>> {
        let Ok(items) = NestedMeta::parse_meta_list(options.clone()) else {
            return Ok(None);
        };
        let found = items.iter().find_map(|item| match item {
            NestedMeta::Meta(meta) if meta.path().is_ident("skip") => Some(meta),
            _ => None,
        });
        let Some(meta) = found else {
            return Ok(None);
        };
        let attribute = policy.attribute;
        if !matches!(meta, Meta::Path(_)) {
            return Err(error_at(
                meta,
                format!("`skip` takes no value: write `#[{attribute}(skip)]`"),
            ));
        }
        if items.len() > 1 {
            return Err(error_at(
                meta,
                format!(
                    "`skip` stands alone, since the other options say how to guard what it leaves out: write `#[{attribute}(skip)]`, or remove `skip`"
                ),
            ));
        }
        Ok(Some(Self(meta.span())))
    }

    /// The error for one where nothing guards the whole block.
    pub(crate) fn out_of_place(&self, policy: &Policy) -> darling::Error {
        let attribute = policy.attribute;
        error_at(
            &self.0,
            format!(
                "`skip` leaves a method out of a `#[{attribute}(..)]` on its whole `impl` block, and there is none here: remove `#[{attribute}(skip)]`"
            ),
        )
    }
}

/// Refuses `skip` on the block itself.
pub(crate) fn refuse_skip_of_block(policy: &Policy, options: &TokenStream) -> darling::Result<()> {
    match Skip::find(policy, options)? {
        Some(skip) => Err(error_at(
            &skip.0,
            format!(
                "`skip` leaves single methods out, not their block: remove this, and write `#[{}(skip)]` on each method that another one on the block should not guard",
                policy.attribute
            ),
        )),
        None => Ok(()),
    }
}

/// Refuses `skip` where there is nothing that it could leave out.
pub(crate) fn refuse_skip(policy: &Policy, options: &TokenStream) -> darling::Result<()> {
    match Skip::find(policy, options)? {
        Some(skip) => Err(skip.out_of_place(policy)),
        None => Ok(()),
    }
}
