//! Fallbacks chosen by the failure: `PATTERN => path`, `PATTERN if guard => path`.

use std::cmp::Reverse;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Expr, MetaList, Pat, Path, Token};

use super::path::FallbackPath;
use crate::options::value::as_written;

/// What an arm looks like, for messages.
const EXAMPLE: &str = "Failure::Policy(_) => backup";

/// The arms in the order in which they are tried.
#[derive(Debug)]
pub(crate) struct FallbackArms {
    option: Path,
    arms: Vec<FallbackArm>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct FallbackArm {
    pattern: Pat,
    guard: Option<Expr>,
    pub(crate) path: FallbackPath,
}

/// What a pattern is sure to match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Coverage {
    /// Nothing in particular.
    Unsure,
    /// Every failure of the policy's own.
    Policy,
    /// Every failure.
    All,
}

impl FallbackArms {
    /// Reads the list; a list that can be read is judged arm by arm, so that all is said at once.
    pub(super) fn read(list: &MetaList) -> darling::Result<Self> {
        let written: Vec<WrittenArm> = list.parse_args_with(parse_arms)?;
        let mut errors = darling::Error::accumulator();
        let mut arms = Vec::new();
        for WrittenArm {
            pattern,
            guard,
            answer,
        } in written
        {
            let before = format!("{} => ", as_written(&pattern));
            let path = errors.handle(FallbackPath::read(&answer, &before));
            arms.extend(path.map(|path| FallbackArm {
                pattern,
                guard,
                path,
            }));
        }
        errors.finish_with(Self {
            option: list.path.clone(),
            arms,
        })
    }

    /// The arms as written.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &FallbackArm> {
        self.arms.iter()
    }

    /// Where the option's name stands.
    pub(crate) fn span(&self) -> Span {
        self.option.span()
    }

    /// The first arm that is sure to match every failure or, if there is none, whatever the policy
    /// itself fails with; and which of the two it is.
    pub(crate) fn last_resort(&self) -> Option<(usize, Coverage)> {
        self.iter()
            .map(FallbackArm::coverage)
            .enumerate()
            .filter(|(_, coverage)| *coverage > Coverage::Unsure)
            .max_by_key(|(index, coverage)| (*coverage, Reverse(*index)))
    }
}

impl FallbackArm {
    /// The pattern with its guard, as the left side of a match arm.
    pub(crate) fn left(&self) -> TokenStream {
        let Self { pattern, guard, .. } = self;
        let guard = guard.as_ref().map(|guard| quote!(if #guard));
        quote!(#pattern #guard)
    }

    /// Where the pattern stands.
    pub(crate) fn span(&self) -> Span {
        self.pattern.span()
    }

    fn coverage(&self) -> Coverage {
        if self.guard.is_some() {
            Coverage::Unsure
        } else {
            coverage(&self.pattern)
        }
    }
}

/// What the words of a pattern say; a constant in there is known by its capitals.
fn coverage(pattern: &Pat) -> Coverage {
    match pattern {
        Pat::Wild(_) => Coverage::All,
        Pat::Ident(binding) => match &binding.subpat {
            Some((_, inner)) => coverage(inner),
            None if binding
                .ident
                .to_string()
                .starts_with(|first: char| first.is_lowercase() || first == '_') =>
            {
                Coverage::All
            }
            None => Coverage::Unsure,
        },
        Pat::Paren(inner) => coverage(&inner.pat),
        Pat::Reference(inner) => coverage(&inner.pat),
        Pat::Or(or) => or
            .cases
            .iter()
            .map(coverage)
            .max()
            .unwrap_or(Coverage::Unsure),
        Pat::TupleStruct(variant)
            if variant
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "Policy")
                && variant.elems.len() == 1
                && variant.elems.iter().all(|field| {
                    matches!(field, Pat::Rest(_)) || coverage(field) == Coverage::All
                }) =>
        {
            Coverage::Policy
        }
        _ => Coverage::Unsure,
    }
}

/// An arm whose right side may be anything.
struct WrittenArm {
    pattern: Pat,
    guard: Option<Expr>,
    answer: Expr,
}

fn parse_arms(input: ParseStream<'_>) -> syn::Result<Vec<WrittenArm>> {
    let mut arms = Vec::new();
    while !input.is_empty() {
        arms.push(input.parse()?);
        if !input.is_empty() && input.parse::<Option<Token![,]>>()?.is_none() {
            return Err(input.error(format!(
                "a comma is missing before this: arms are separated by `,`, as in `{EXAMPLE}, _ => other`"
            )));
        }
    }
    Ok(arms)
}

impl Parse for WrittenArm {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        let guard = match input.parse::<Option<Token![if]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        if input.parse::<Option<Token![=>]>>()?.is_none() {
            return Err(no_arrow(&pattern, input));
        }
        if input.is_empty() || input.peek(Token![,]) {
            return Err(input.error(format!(
                "the function that answers is missing: write `{} => backup`",
                as_written(&pattern)
            )));
        }
        Ok(Self {
            pattern,
            guard,
            answer: input.parse()?,
        })
    }
}

/// A pattern, or what was taken for one, that leads nowhere.
fn no_arrow(pattern: &Pat, input: ParseStream<'_>) -> syn::Error {
    let written = as_written(pattern);
    if input.is_empty() || input.peek(Token![,]) {
        return syn::Error::new(
            pattern.span(),
            format!(
                "each of several fallbacks says which failures it answers, in the form `PATTERN => path`, for example `{EXAMPLE}`; this is only `{written}`"
            ),
        );
    }
    input.error(format!(
        "after a pattern comes `=>` and the function that answers: write `{written} => backup`; a condition starts with `if`"
    ))
}
