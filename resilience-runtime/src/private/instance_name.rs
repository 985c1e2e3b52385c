//! Names that are computed for each call.

/// The text of a name.
#[inline]
pub fn instance_name<N: InstanceName + ?Sized>(name: &N) -> &str {
    name.text()
}

/// What names an instance.
#[diagnostic::on_unimplemented(
    message = "the name of an instance is text, and `{Self}` is not",
    label = "this is a `{Self}`, which has no `AsRef<str>`",
    note = "a name is a `&str`, a `String` or anything else that is `AsRef<str>`; others can be formatted: `name = format!(\"..\")`"
)]
pub trait InstanceName {
    /// Its text.
    fn text(&self) -> &str;
}

impl<N: AsRef<str> + ?Sized> InstanceName for N {
    #[inline]
    fn text(&self) -> &str {
        self.as_ref()
    }
}
