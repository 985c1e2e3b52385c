//! How a function hands back what it computes.

use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{
    GenericArgument, Lifetime, PathArguments, ReturnType, Signature, Type, TypeImplTrait,
    TypeInfer, TypeParamBound, TypePath, parse_quote_spanned,
};

/// How a function hands back its result, and the result's type with every `impl Trait` in it
/// written as `_`.
#[derive(Debug)]
pub(crate) enum Shape {
    /// `fn f() -> R`
    Plain { output: Type },
    /// `async fn f() -> R`
    Async { output: Type },
    /// `fn f() -> impl Future<Output = R>`
    Opaque { output: Type },
    /// `fn f() -> Pin<Box<dyn Future<Output = R>>>`, which is also what `#[async_trait]` makes of
    /// an async method
    Boxed { output: Type, boxed: Box<Type> },
}

impl Shape {
    /// Tells the shape by the signature.
    pub(super) fn of(signature: &Signature) -> Self {
        let written = match &signature.output {
            ReturnType::Type(_, written) => (**written).clone(),
            ReturnType::Default => parse_quote_spanned!(signature.ident.span()=> ()),
        };
        if signature.asyncness.is_some() {
            return Self::Async {
                output: erased(&written),
            };
        }
        if let Some(output) = opaque_future(&written) {
            return Self::Opaque {
                output: erased(output),
            };
        }
        if let Some(output) = boxed_future(&written) {
            return Self::Boxed {
                output: erased(output),
                boxed: Box::new(erased(&written)),
            };
        }
        Self::Plain {
            output: erased(&written),
        }
    }

    /// The type of a call's result.
    pub(crate) fn output(&self) -> &Type {
        match self {
            Self::Plain { output }
            | Self::Async { output }
            | Self::Opaque { output }
            | Self::Boxed { output, .. } => output,
        }
    }
}

fn opaque_future(written: &Type) -> Option<&Type> {
    match written {
        Type::ImplTrait(opaque) => future_output(opaque.bounds.iter()),
        Type::Paren(inner) => opaque_future(&inner.elem),
        Type::Group(inner) => opaque_future(&inner.elem),
        _ => None,
    }
}

/// `Pin<Box<dyn Future<Output = R>>>` under any path, and futures-rs' `BoxFuture<'a, R>`.
fn boxed_future(written: &Type) -> Option<&Type> {
    if let Some(output) = argument(written, &["BoxFuture", "LocalBoxFuture"]) {
        return Some(output);
    }
    match argument(argument(written, &["Pin"])?, &["Box"])? {
        Type::TraitObject(object) => future_output(object.bounds.iter()),
        _ => None,
    }
}

/// The last type argument of a path that ends in one of the names.
fn argument<'a>(written: &'a Type, names: &[&str]) -> Option<&'a Type> {
    let Type::Path(TypePath { path, .. }) = written else {
        return None;
    };
    let last = path.segments.last()?;
    if !names.iter().any(|name| last.ident == name) {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments
        .args
        .iter()
        .rev()
        .find_map(|argument| match argument {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        })
}

/// `R` of `Future<Output = R>` among the bounds.
fn future_output<'a>(mut bounds: impl Iterator<Item = &'a TypeParamBound>) -> Option<&'a Type> {
    bounds.find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let last = bound.path.segments.last()?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else {
            return None;
        };
        if last.ident != "Future" {
            return None;
        }
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(&assoc.ty),
            _ => None,
        })
    })
}

/// The type with `_` for every `impl Trait`, which cannot be named in a body.
fn erased(written: &Type) -> Type {
    struct Erase;
    impl VisitMut for Erase {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            if let Type::ImplTrait(_) = ty {
                *ty = parse_quote_spanned!(ty.span()=> _);
            } else {
                syn::visit_mut::visit_type_mut(self, ty);
            }
        }
    }
    let mut erased = written.clone();
    Erase.visit_type_mut(&mut erased);
    erased
}

/// The type with `'_` for every lifetime that has a name, but for `'static`.
pub(crate) fn without_lifetimes(written: &Type) -> Type {
    struct Erase;
    impl VisitMut for Erase {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if lifetime.ident != "static" {
                *lifetime = Lifetime::new("'_", lifetime.span());
            }
        }
    }
    let mut erased = written.clone();
    Erase.visit_type_mut(&mut erased);
    erased
}

/// Whether the type has an `impl Trait` in it.
pub(super) fn has_impl_trait(ty: &Type) -> bool {
    struct Find(bool);
    impl<'ast> syn::visit::Visit<'ast> for Find {
        fn visit_type_impl_trait(&mut self, _: &'ast TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut find = Find(false);
    syn::visit::Visit::visit_type(&mut find, ty);
    find.0
}

/// Whether the type has a `_` in it, where an `impl Trait` stood.
pub(crate) fn has_hole(ty: &Type) -> bool {
    struct Find(bool);
    impl<'ast> syn::visit::Visit<'ast> for Find {
        fn visit_type_infer(&mut self, _: &'ast TypeInfer) {
            self.0 = true;
        }
    }
    let mut find = Find(false);
    syn::visit::Visit::visit_type(&mut find, ty);
    find.0
}
