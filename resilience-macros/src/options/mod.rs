//! What stands in the parentheses of an attribute.
//!
//! [`list`] sorts out what is no option at all, darling reads the options with a meaning of their
//! own, and [`settings`](crate::settings) checks the ones that a policy's table knows.

mod classify;
mod config;
mod facade;
mod fallback;
mod instance_name;
mod kind;
pub(crate) mod list;
mod pattern;
mod permits;
mod plain;
mod ported;
mod registry;
mod skip;
mod unknown;
pub(crate) mod value;

use darling::FromMeta;
use proc_macro2::{Span, TokenStream};

pub(crate) use self::classify::Classify;
pub(crate) use self::config::SharedConfig;
pub(crate) use self::facade::Facade;
pub(crate) use self::fallback::{Coverage, Fallback, FallbackArms, FallbackPath};
pub(crate) use self::instance_name::InstanceName;
pub(crate) use self::pattern::ClassPattern;
pub(crate) use self::permits::Permits;
pub(crate) use self::plain::Plain;
pub(crate) use self::registry::RegistryExpression;
pub(crate) use self::skip::{Skip, refuse_skip, refuse_skip_of_block};
use crate::policy::Policy;
use crate::settings::Settings;

/// The options of one attribute, each known to be well-formed. One that another policy has is not
/// there.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) name: InstanceName,
    pub(crate) config: Option<SharedConfig>,
    pub(crate) registry: Option<RegistryExpression>,
    pub(crate) fallback: Option<Fallback>,
    pub(crate) plain: Option<Plain>,
    pub(crate) classify: Option<Classify>,
    pub(crate) ignore_errors: Option<ClassPattern>,
    pub(crate) record_errors: Option<ClassPattern>,
    pub(crate) record_result: Option<ClassPattern>,
    pub(crate) retry_errors: Option<ClassPattern>,
    pub(crate) retry_result: Option<ClassPattern>,
    pub(crate) permits: Option<Permits>,
    pub(crate) facade: Facade,
    pub(crate) settings: Settings,
}

/// The options as darling reads them off the list.
#[derive(Debug, FromMeta)]
struct Written {
    name: Option<InstanceName>,
    config: Option<SharedConfig>,
    registry: Option<RegistryExpression>,
    fallback: Option<Fallback>,
    plain: Option<Plain>,
    classify: Option<Classify>,
    ignore_errors: Option<ClassPattern>,
    record_errors: Option<ClassPattern>,
    record_result: Option<ClassPattern>,
    retry_errors: Option<ClassPattern>,
    retry_result: Option<ClassPattern>,
    permits: Option<Permits>,
    #[darling(rename = "crate")]
    facade: Option<Facade>,
}

impl Options {
    /// Reads an attribute's options, and which policy of its kinds they mean; the error holds
    /// everything that is wrong with them. `place` is where the attribute stands.
    pub(crate) fn parse(
        policy: &'static Policy,
        place: Span,
        tokens: TokenStream,
        function: Option<&syn::Ident>,
    ) -> darling::Result<(&'static Policy, Self)> {
        let items = list::parse(tokens)?;
        let mut errors = darling::Error::accumulator();
        let policy = kind::chosen(policy, &items, &mut errors);
        let has_name = list::gives_name(policy, &items);
        let sorted = list::sort_out(policy, items, &mut errors);
        if !has_name {
            errors.push(instance_name::missing(policy, place, function));
        }
        let written = errors.handle(Written::from_list(&sorted.options));
        let settings = errors.handle(Settings::check(policy, &sorted.settings));
        let options = written.zip(settings).and_then(|(written, settings)| {
            Some(Self {
                name: written.name?,
                config: written.config,
                registry: written.registry,
                fallback: written.fallback,
                plain: written.plain,
                classify: written.classify,
                ignore_errors: written.ignore_errors,
                record_errors: written.record_errors,
                record_result: written.record_result,
                retry_errors: written.retry_errors,
                retry_result: written.retry_result,
                permits: written.permits,
                facade: written.facade.unwrap_or_default(),
                settings,
            })
        });
        if let Some(Self {
            permits: Some(permits),
            settings,
            ..
        }) = &options
        {
            errors.handle(permits.check(settings));
        }
        errors.finish()?;
        options
            .map(|options| (policy, options))
            .ok_or_else(|| instance_name::missing(policy, place, function))
    }
}
