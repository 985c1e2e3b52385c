//! What has classes: the variants of an enum, or a struct as a whole.

use darling::error::Accumulator;
use proc_macro2::Ident;
use syn::{Data, DeriveInput, Fields, Generics, Member, Type};

use super::class::{self, CLASSES, Class, Written};
use crate::options::Facade;
use crate::options::value::error_at;

/// A type, with a class for whatever a value of it may be.
pub(super) struct Input<'a> {
    pub(super) name: &'a Ident,
    pub(super) generics: &'a Generics,
    pub(super) facade: Facade,
    pub(super) shape: Shape<'a>,
}

pub(super) enum Shape<'a> {
    Struct(Classed<'a>),
    Enum(Vec<(&'a Ident, Classed<'a>)>),
}

/// A class that is known to fit.
pub(super) enum Classed<'a> {
    Own { is_failure: bool, is_retried: bool },
    Of(Inside<'a>),
}

/// The error inside of one that is transparent.
pub(super) struct Inside<'a> {
    pub(super) member: Member,
    pub(super) ty: &'a Type,
}

impl<'a> Input<'a> {
    /// What can be read, and what is wrong with the rest.
    pub(super) fn read(item: &'a DeriveInput) -> (Self, darling::Result<()>) {
        let mut errors = darling::Error::accumulator();
        let lists = class::lists(&item.attrs, &mut errors);
        let written = Written::read(&lists, &mut errors);
        let shape = match &item.data {
            Data::Struct(data) => {
                refuse_on_fields(&data.fields, &mut errors);
                Shape::Struct(classed(&item.ident, &data.fields, &written, &mut errors))
            }
            Data::Enum(data) => {
                if let Some(place) = written.place() {
                    errors.push(error_at(
                        place,
                        "each variant of an enum has a class of its own: move this above those that it is meant for",
                    ));
                }
                let variants = data.variants.iter().map(|variant| {
                    refuse_on_fields(&variant.fields, &mut errors);
                    let lists = class::lists(&variant.attrs, &mut errors);
                    let written = Written::read(&lists, &mut errors);
                    written.refuse_facade(&mut errors);
                    let classed = classed(&variant.ident, &variant.fields, &written, &mut errors);
                    (&variant.ident, classed)
                });
                Shape::Enum(variants.collect())
            }
            Data::Union(data) => {
                errors.push(error_at(
                    &data.union_token,
                    "a union does not know which of its fields it holds, and so has no class: make it an enum",
                ));
                Shape::Struct(Classed::of(Class::FAILURE, None))
            }
        };
        let input = Self {
            name: &item.ident,
            generics: &item.generics,
            facade: written.facade().cloned().unwrap_or_default(),
            shape,
        };
        (input, errors.finish())
    }
}

impl<'a> Classed<'a> {
    fn of(class: Class, inside: Option<Inside<'a>>) -> Self {
        match (class, inside) {
            (
                Class::Own {
                    is_failure,
                    is_retried,
                },
                _,
            ) => Self::Own {
                is_failure,
                is_retried,
            },
            (Class::Transparent, Some(inside)) => Self::Of(inside),
            // It was refused.
            (Class::Transparent, None) => Self::of(Class::FAILURE, None),
        }
    }
}

/// The class of a variant, or of a struct.
fn classed<'a>(
    name: &Ident,
    fields: &'a Fields,
    written: &Written<'_>,
    errors: &mut Accumulator,
) -> Classed<'a> {
    let Some(class) = written.class() else {
        // An attribute whose words are wrong has been reported.
        if !written.is_there || written.facade().is_some() {
            errors.push(error_at(
                name,
                format!("`{name}` has no class: write one above it, {CLASSES}"),
            ));
        }
        return Classed::of(Class::FAILURE, None);
    };
    let inside = match class {
        Class::Own { .. } => None,
        Class::Transparent => inside(fields),
    };
    if let (Class::Transparent, None, Some(place)) = (class, &inside, written.place()) {
        let holds = match fields.len() {
            0 => "no field".to_owned(),
            several => format!("{several} fields"),
        };
        errors.push(error_at(
            place,
            format!(
                "`transparent` is the class of the one error inside, and `{name}` has {holds}: give it a class of its own, such as `#[class(failure)]`"
            ),
        ));
    }
    Classed::of(class, inside)
}

/// The only field.
fn inside(fields: &Fields) -> Option<Inside<'_>> {
    let mut fields = fields.members().zip(fields);
    match (fields.next(), fields.next()) {
        (Some((member, field)), None) => Some(Inside {
            member,
            ty: &field.ty,
        }),
        _ => None,
    }
}

fn refuse_on_fields(fields: &Fields, errors: &mut Accumulator) {
    for field in fields {
        class::refuse_on_field(&field.attrs, errors);
    }
}
