//! `fallback = path`.

use darling::FromMeta;
use syn::{Expr, ExprPath, Lit, Meta, Type};

use super::value::{as_text, as_written, assigned, error_at};

/// The function that answers in place of the annotated one.
#[derive(Debug)]
pub(crate) struct Fallback(pub(crate) ExprPath);

impl FromMeta for Fallback {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        if let Meta::List(list) = meta {
            return Err(refuse_list(list));
        }
        let value = assigned(meta, "fallback = path::to::function")?;
        if let Some(text) = as_text(value) {
            return Err(quoted(text));
        }
        match value {
            Expr::Path(path) => Ok(Self(path.clone())),
            Expr::Group(group) => match &*group.expr {
                Expr::Path(path) => Ok(Self(path.clone())),
                other => Err(not_a_path(other)),
            },
            other => Err(not_a_path(other)),
        }
    }
}

impl Fallback {
    /// A name on its own, which a method looks up in its own type.
    pub(crate) fn is_single_name(&self) -> bool {
        self.0.qself.is_none()
            && self.0.path.leading_colon.is_none()
            && self.0.path.segments.len() == 1
    }

    /// Whether the path starts with `Self` or `<Self`: such a function gets the receiver.
    pub(crate) fn starts_with_self_type(&self) -> bool {
        match &self.0.qself {
            Some(qself) => matches!(&*qself.ty, Type::Path(ty) if ty.path.is_ident("Self")),
            None => self.0.path.segments.len() > 1 && self.0.path.segments[0].ident == "Self",
        }
    }
}

fn quoted(text: &syn::LitStr) -> darling::Error {
    error_at(
        text,
        format!(
            "a fallback is a path, not text: write `fallback = {}`",
            text.value()
        ),
    )
}

fn not_a_path(expression: &Expr) -> darling::Error {
    let message = match expression {
        Expr::Call(call) => format!(
            "a fallback is named, not called: write `fallback = {}`; it gets the arguments of the function, then the failure",
            as_written(&call.func)
        ),
        Expr::Field(field) => format!(
            "a fallback is the path of a function: for a method write `fallback = {}`",
            as_written(&field.member)
        ),
        Expr::MethodCall(call) => format!(
            "a fallback is the path of a function: for a method write `fallback = {}`",
            call.method
        ),
        Expr::Closure(_) => "a fallback is the path of a function, not a closure: move the closure into a function `fn backup(<the same arguments>, failure: Failure<E>)` and write `fallback = backup`".to_owned(),
        _ => "a fallback is the path of a function, for example `fallback = backup`".to_owned(),
    };
    error_at(expression, message)
}

/// `fallback(…)`: the several-by-pattern form is not there yet, and one function takes a `=`.
fn refuse_list(list: &syn::MetaList) -> darling::Error {
    if let Ok(Lit::Str(text)) = list.parse_args::<Lit>() {
        return quoted(&text);
    }
    if let Ok(path) = list.parse_args::<ExprPath>() {
        return error_at(
            &list.path,
            format!(
                "a single fallback takes no parentheses: write `fallback = {}`",
                as_written(&path)
            ),
        );
    }
    error_at(
        &list.path,
        "fallbacks chosen by pattern are not available yet: write `fallback = path` and match on the failure in that function",
    )
}
