//! `registry = <expression>`.

use darling::FromMeta;
use syn::{Expr, Meta};

use super::value::{assigned, error_at};

/// The registry that holds the instance, instead of the global one.
#[derive(Debug)]
pub(crate) struct RegistryExpression(pub(crate) Expr);

impl FromMeta for RegistryExpression {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        match assigned(meta, "registry = &self.registry")? {
            Expr::Lit(literal) => Err(error_at(
                literal,
                "`registry` takes an expression of type `&Registry`, for example `registry = &self.registry`",
            )),
            expression => Ok(Self(expression.clone())),
        }
    }
}
