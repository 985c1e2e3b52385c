//! What stands in the parentheses of an attribute.
//!
//! [`list`] sorts out what is no option at all, darling puts the rest into [`Options`], and
//! [`settings`](crate::settings) checks the values that a policy's table of settings knows.

mod facade;
mod fallback;
mod instance_name;
pub(crate) mod list;
mod pattern;
mod registry;
pub(crate) mod value;

use darling::FromMeta;
use darling::ast::NestedMeta;
use proc_macro2::TokenStream;

pub(crate) use self::facade::Facade;
pub(crate) use self::fallback::Fallback;
pub(crate) use self::instance_name::InstanceName;
pub(crate) use self::pattern::ClassPattern;
pub(crate) use self::registry::RegistryExpression;
use crate::policy::Policy;
use crate::settings::Settings;

/// The options of one attribute, each known to be well-formed.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) name: InstanceName,
    pub(crate) registry: Option<RegistryExpression>,
    pub(crate) fallback: Option<Fallback>,
    pub(crate) ignore_errors: Option<ClassPattern>,
    pub(crate) record_errors: Option<ClassPattern>,
    pub(crate) record_result: Option<ClassPattern>,
    pub(crate) facade: Facade,
    pub(crate) settings: Settings,
}

/// The options as darling reads them off the list.
#[derive(Debug, FromMeta)]
struct Written {
    name: Option<InstanceName>,
    registry: Option<RegistryExpression>,
    fallback: Option<Fallback>,
    ignore_errors: Option<ClassPattern>,
    record_errors: Option<ClassPattern>,
    record_result: Option<ClassPattern>,
    #[darling(rename = "crate")]
    facade: Option<Facade>,
    #[darling(flatten)]
    settings: WrittenSettings,
}

/// What darling found no field for: [`list`] lets only settings of the policy get here.
#[derive(Debug)]
struct WrittenSettings(Vec<syn::Meta>);

impl FromMeta for WrittenSettings {
    fn from_list(items: &[NestedMeta]) -> darling::Result<Self> {
        let metas = items.iter().filter_map(|item| match item {
            NestedMeta::Meta(meta) => Some(meta.clone()),
            NestedMeta::Lit(_) | NestedMeta::NameValueInvalidExpr(_) => None,
        });
        Ok(Self(metas.collect()))
    }
}

impl Options {
    /// Reads an attribute's options; the error holds everything that is wrong with them.
    pub(crate) fn parse(
        policy: &'static Policy,
        tokens: TokenStream,
        function: Option<&syn::Ident>,
    ) -> darling::Result<Self> {
        let items = NestedMeta::parse_meta_list(tokens)?;
        let mut errors = darling::Error::accumulator();
        let has_name = list::gives_name(policy, &items);
        let items = list::sort_out(policy, items, &mut errors);
        if !has_name {
            errors.push(instance_name::missing(policy, function));
        }
        let written = errors.handle(Written::from_list(&items));
        let options = written.and_then(|written| {
            let settings = errors.handle(Settings::check(policy, &written.settings.0))?;
            Some(Self {
                name: written.name?,
                registry: written.registry,
                fallback: written.fallback,
                ignore_errors: written.ignore_errors,
                record_errors: written.record_errors,
                record_result: written.record_result,
                facade: written.facade.unwrap_or_default(),
                settings,
            })
        });
        errors.finish()?;
        options.ok_or_else(|| instance_name::missing(policy, function))
    }
}
