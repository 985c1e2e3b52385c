//! `#[class(..)]`.

use darling::FromMeta;
use darling::ast::NestedMeta;
use darling::error::Accumulator;
use syn::spanned::Spanned;
use syn::{Attribute, Lit, Meta, Path};

use crate::options::Facade;
use crate::options::list::nearest;
use crate::options::value::{as_written, error_at, name_of};

/// What may stand in the parentheses, the way in which a message lists them.
pub(super) const CLASSES: &str = "`#[class(failure)]` or `#[class(retry)]` (counts, and is tried again), `#[class(no_retry)]` (counts, but is not tried again), `#[class(ignore)]` (neither), `#[class(ignore, retry)]` (is only tried again) or `#[class(transparent)]` (the class of the one error inside)";

const WORDS: &[&str] = &["failure", "ignore", "retry", "no_retry", "transparent"];

/// What an error is to policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Own {
        is_failure: bool,
        is_retried: bool,
    },
    /// That of the error inside.
    Transparent,
}

impl Class {
    /// The class of what nothing is known of.
    pub(super) const FAILURE: Self = Self::Own {
        is_failure: true,
        is_retried: true,
    };
}

/// Everything that the `class` attributes of one place say.
#[derive(Default)]
pub(super) struct Written<'a> {
    /// Whether there is such an attribute at all.
    pub(super) is_there: bool,
    words: Vec<Word<'a>>,
    facade: Option<(Facade, &'a Path)>,
}

struct Word<'a> {
    text: &'static str,
    path: &'a Path,
}

/// The lists in the `class` attributes among these.
pub(super) fn lists(
    attributes: &[Attribute],
    errors: &mut Accumulator,
) -> Vec<(Path, Vec<NestedMeta>)> {
    let mut lists = Vec::new();
    for attribute in attributes {
        if !attribute.path().is_ident("class") {
            continue;
        }
        let items = match &attribute.meta {
            Meta::Path(_) => Some(Vec::new()),
            Meta::List(list) => {
                errors.handle(NestedMeta::parse_meta_list(list.tokens.clone()).map_err(Into::into))
            }
            Meta::NameValue(assignment) => {
                errors.push(error_at(
                    &assignment.value,
                    format!(
                        "a class stands in parentheses: write `#[class({})]`",
                        as_written(&assignment.value).trim_matches('"')
                    ),
                ));
                None
            }
        };
        if let Some(items) = &items
            && items.is_empty()
        {
            errors.push(error_at(
                attribute.path(),
                format!("`class` needs a class: {CLASSES}"),
            ));
        }
        lists.push((attribute.path().clone(), items.unwrap_or_default()));
    }
    lists
}

impl<'a> Written<'a> {
    pub(super) fn read(lists: &'a [(Path, Vec<NestedMeta>)], errors: &mut Accumulator) -> Self {
        let mut written = Self {
            is_there: !lists.is_empty(),
            ..Self::default()
        };
        for item in lists.iter().flat_map(|(_, items)| items) {
            match item {
                NestedMeta::Meta(meta) if meta.path().is_ident("crate") => {
                    let facade = errors.handle(Facade::from_meta(meta));
                    written.facade = facade.map(|facade| (facade, meta.path()));
                }
                NestedMeta::Meta(Meta::Path(path)) => {
                    if let Some(word) = errors.handle(known(path)) {
                        written.add(word, errors);
                    }
                }
                NestedMeta::Meta(meta) => errors.push(error_at(
                    meta,
                    match known(meta.path()) {
                        Ok(word) => {
                            format!("a class has no value: write `#[class({})]`", word.text)
                        }
                        Err(error) => error.to_string(),
                    },
                )),
                NestedMeta::Lit(Lit::Str(text)) => errors.push(error_at(
                    text,
                    format!("a class is not quoted: write `#[class({})]`", text.value()),
                )),
                NestedMeta::Lit(literal) => {
                    errors.push(error_at(
                        literal,
                        format!("that is no class; there are {CLASSES}"),
                    ));
                }
                NestedMeta::NameValueInvalidExpr(invalid) => errors.push(error_at(
                    &invalid.path,
                    format!("that is no class; there are {CLASSES}"),
                )),
            }
        }
        written
    }

    /// Adds a word that fits those before it.
    fn add(&mut self, word: Word<'a>, errors: &mut Accumulator) {
        let Word { text, path } = word;
        let given = |other: &str| self.words.iter().any(|word| word.text == other);
        let contrary = match text {
            "failure" => "ignore",
            "ignore" => "failure",
            "retry" => "no_retry",
            "no_retry" => "retry",
            _ => "",
        };
        let message = if given(text) {
            Some(format!("`{text}` is given twice: keep one"))
        } else if given(contrary) {
            Some(format!(
                "`{text}` is the contrary of `{contrary}`: keep the one that is meant"
            ))
        } else if given("transparent") || text == "transparent" && !self.words.is_empty() {
            Some("`transparent` is the class of the error inside, whatever that is: keep it alone, or remove it".to_owned())
        } else {
            None
        };
        match message {
            Some(message) => errors.push(error_at(path, message)),
            None => self.words.push(word),
        }
    }

    /// The class, where one is given.
    pub(super) fn class(&self) -> Option<Class> {
        let given = |text: &str| self.words.iter().any(|word| word.text == text);
        if self.words.is_empty() {
            return None;
        }
        if given("transparent") {
            return Some(Class::Transparent);
        }
        let is_failure = !given("ignore");
        Some(Class::Own {
            is_failure,
            // What is no failure is not tried again unless it says so; every other error is.
            is_retried: given("retry") || is_failure && !given("no_retry"),
        })
    }

    /// Where the class stands.
    pub(super) fn place(&self) -> Option<&'a Path> {
        self.words.first().map(|word| word.path)
    }

    pub(super) fn facade(&self) -> Option<&Facade> {
        self.facade.as_ref().map(|(facade, _)| facade)
    }

    /// Refuses `crate` where it does not stand for the whole type.
    pub(super) fn refuse_facade(&self, errors: &mut Accumulator) {
        if let Some((_, path)) = &self.facade {
            errors.push(error_at(
                path,
                "`crate = path` stands above the type, once: move it there",
            ));
        }
    }
}

fn known(path: &Path) -> darling::Result<Word<'_>> {
    let written = darling::util::path_to_string(path);
    let plain = written.replace('_', "").to_lowercase();
    if let Some(text) = WORDS.iter().find(|word| **word == written) {
        return Ok(Word { text, path });
    }
    // Those of the patterns' names, and words that say as much.
    let meant = match plain.as_str() {
        "record" | "recorderrors" | "fail" | "failed" | "error" => Some("failure"),
        "ignoreerrors" | "ignored" | "success" => Some("ignore"),
        "retryerrors" | "retried" | "transient" => Some("retry"),
        "noretry" | "permanent" | "fatal" | "giveup" => Some("no_retry"),
        _ => nearest(&written, WORDS.iter().copied()),
    };
    Err(error_at(
        &path.span(),
        match meant {
            Some(meant) => format!("there is no class `{written}`: did you mean `{meant}`?"),
            None => format!("there is no class `{written}`; there are {CLASSES}"),
        },
    ))
}

/// Refuses a class on a field.
pub(super) fn refuse_on_field(attributes: &[Attribute], errors: &mut Accumulator) {
    for attribute in attributes {
        if attribute.path().is_ident("class") {
            errors.push(error_at(
                attribute,
                format!(
                    "a `{}` belongs to a whole error, not to a part of it: move it above the variant, or above the struct",
                    name_of(&attribute.meta)
                ),
            ));
        }
    }
}
