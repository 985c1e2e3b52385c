//! `config = "…"`.

use darling::FromMeta;
use syn::{Expr, ExprPath, LitStr, Meta};

use super::instance_name::plain_text;
use super::value::{as_text, as_written, assigned, error_at};

/// The shared configuration that the instance starts from.
#[derive(Debug)]
pub(crate) struct SharedConfig(pub(crate) LitStr);

impl FromMeta for SharedConfig {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let value = assigned(meta, "config = \"shared\"")?;
        if let Some(text) = as_text(value) {
            return if text.value().trim().is_empty() {
                Err(error_at(
                    text,
                    "the name is empty: name the shared configuration that the instance starts from, or remove `config`, which leaves it the one called \"default\"",
                ))
            } else {
                Ok(Self(text.clone()))
            };
        }
        let quoted = |name: &str| {
            format!(
                "`config` takes the name of a shared configuration, in quotes: write `config = \"{name}\"`"
            )
        };
        let message = match value {
            Expr::Lit(literal) => quoted(&plain_text(&literal.lit)),
            Expr::Path(path) if !is_constant(path) => quoted(&as_written(path)),
            other => format!(
                "`config` takes the name of a shared configuration as text, and not `{}`: write the name out, for example `config = \"shared\"`",
                as_written(other)
            ),
        };
        Err(error_at(value, message))
    }
}

/// Whether that is spelled as a constant is, whose text is not known here.
fn is_constant(path: &ExprPath) -> bool {
    let name = path.path.segments.last();
    name.is_some_and(|name| !name.ident.to_string().chars().any(char::is_lowercase))
}
