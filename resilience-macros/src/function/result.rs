//! Whether a function can fail, as far as the words of its type say.

use syn::{Type, TypePath};

/// Types that every reader knows to be no `Result`. Of others the user says so, with `plain`.
pub(crate) fn cannot_fail(output: &Type) -> bool {
    const NAMES: &[&str] = &[
        "bool", "char", "str", "String", "Option", "Vec", "HashMap", "HashSet", "BTreeMap",
        "BTreeSet", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128",
        "usize", "f32", "f64", "Duration",
    ];
    match output {
        Type::Tuple(_) | Type::Reference(_) | Type::Array(_) | Type::Slice(_) => true,
        Type::Paren(inner) => cannot_fail(&inner.elem),
        Type::Group(inner) => cannot_fail(&inner.elem),
        _ => last_name(output).is_some_and(|name| NAMES.iter().any(|known| name == known)),
    }
}

/// Whether the type is called `Result`, or `Something`**`Result`**.
pub(crate) fn is_called_result(output: &Type) -> bool {
    last_name(output).is_some_and(|name| name.to_string().ends_with("Result"))
}

fn last_name(ty: &Type) -> Option<&syn::Ident> {
    match ty {
        Type::Path(TypePath {
            qself: None, path, ..
        }) => path.segments.last().map(|segment| &segment.ident),
        _ => None,
    }
}
