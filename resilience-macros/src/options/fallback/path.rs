//! The path of a function that answers.

use syn::{Expr, ExprPath, Signature, Type};

use crate::options::value::{as_text, as_written, error_at};

/// A function that answers in place of the annotated one.
#[derive(Debug)]
pub(crate) struct FallbackPath(pub(crate) ExprPath);

impl FallbackPath {
    /// Reads the path; `before` is what stands before it in the attribute, for the messages.
    pub(super) fn read(written: &Expr, before: &str) -> darling::Result<Self> {
        if let Some(text) = as_text(written) {
            return Err(quoted(text, before));
        }
        match written {
            Expr::Path(path) => Ok(Self(path.clone())),
            Expr::Group(group) => match &*group.expr {
                Expr::Path(path) => Ok(Self(path.clone())),
                other => Err(not_a_path(other, before)),
            },
            other => Err(not_a_path(other, before)),
        }
    }

    /// A name on its own, which a method looks up in its own type.
    pub(crate) fn is_single_name(&self) -> bool {
        self.0.qself.is_none()
            && self.0.path.leading_colon.is_none()
            && self.0.path.segments.len() == 1
    }

    /// Whether it is a method of the function's type and gets the function's receiver.
    pub(crate) fn takes_receiver(&self, signature: &Signature) -> bool {
        signature.receiver().is_some() && self.may_be_method()
    }

    /// Whether a method of the function's type finds it there.
    pub(crate) fn may_be_method(&self) -> bool {
        self.is_single_name() || self.starts_with_self_type()
    }

    /// Whether the path starts with `Self` or `<Self`: such a function gets the receiver.
    fn starts_with_self_type(&self) -> bool {
        match &self.0.qself {
            Some(qself) => matches!(&*qself.ty, Type::Path(ty) if ty.path.is_ident("Self")),
            None => self.0.path.segments.len() > 1 && self.0.path.segments[0].ident == "Self",
        }
    }
}

pub(super) fn quoted(text: &syn::LitStr, before: &str) -> darling::Error {
    error_at(
        text,
        format!(
            "a fallback is a path, not text: write `{before}{}`",
            text.value()
        ),
    )
}

fn not_a_path(expression: &Expr, before: &str) -> darling::Error {
    let message = match expression {
        Expr::Call(call) => format!(
            "a fallback is named, not called: write `{before}{}`; it gets the arguments of the function, then the failure",
            as_written(&call.func)
        ),
        Expr::Field(field) => format!(
            "a fallback is the path of a function: for a method write `{before}{}`",
            as_written(&field.member)
        ),
        Expr::MethodCall(call) => format!(
            "a fallback is the path of a function: for a method write `{before}{}`",
            call.method
        ),
        Expr::Closure(_) => format!(
            "a fallback is the path of a function, not a closure: move the closure into a function `fn backup(<the same arguments>, failure: Failure<E>)` and write `{before}backup`"
        ),
        _ => {
            format!("a fallback is the path of a function, for example `{before}backup`")
        }
    };
    error_at(expression, message)
}
