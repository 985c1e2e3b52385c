//! Where the settings of an instance come from: shared configurations of code and of files, and the
//! instance's own entry in a file.

use std::sync::Arc;

use super::Inner;
use super::keeping::Kept;
use super::shared_configs::DEFAULT;

/// A shared configuration was named that there is not.
#[derive(Debug)]
pub(super) struct NoSuchConfig {
    pub(super) known: Vec<String>,
}

/// What files and shared configurations say about an instance.
pub(super) struct Inherited<B> {
    /// What the shared configuration of code said, which what files say stands on.
    pub(super) by_code: Option<Arc<B>>,
    pub(super) shared: Option<Arc<B>>,
    pub(super) own: Option<Arc<B>>,
}

impl<B> Inherited<B> {
    /// Where code alone has its say; nothing where it does not know the shared configuration that the
    /// instance names.
    fn without_files(config: Option<&str>, by_code: Option<Arc<B>>) -> Option<Self> {
        (config.is_none() || by_code.is_some()).then(|| Self {
            by_code: by_code.clone(),
            shared: by_code,
            own: None,
        })
    }
}

impl Inner {
    /// What an instance inherits and what its entry in a file says. Files say their word over code,
    /// since operators write them.
    ///
    /// An instance that names no shared configuration starts from the one of its own name, else from
    /// `default`, as in Resilience4j.
    pub(super) fn inherited<M: Kept>(
        &self,
        name: &str,
        config: Option<&str>,
    ) -> Result<Inherited<M::Builder>, NoSuchConfig> {
        let configs = &M::members(self).configs;
        let named = configs.get(config.unwrap_or(name));
        let by_code = match config {
            Some(_) => named,
            None => named.or_else(|| configs.get(DEFAULT)),
        };
        self.over_code::<M>(name, config, by_code)
            .ok_or_else(|| NoSuchConfig {
                known: self.known_configs::<M>(),
            })
    }

    #[cfg(not(feature = "config"))]
    #[expect(clippy::unused_self, reason = "with files, they are asked")]
    fn over_code<M: Kept>(
        &self,
        _: &str,
        config: Option<&str>,
        by_code: Option<Arc<M::Builder>>,
    ) -> Option<Inherited<M::Builder>> {
        Inherited::without_files(config, by_code)
    }

    #[cfg(not(feature = "config"))]
    pub(super) fn known_configs<M: Kept>(&self) -> Vec<String> {
        M::members(self).configs.names()
    }
}

#[cfg(feature = "config")]
pub(super) use self::files::with_files;

#[cfg(feature = "config")]
mod files {
    use std::sync::Arc;

    use super::{Inherited, Inner};
    use crate::configuration::{Configuration, Settings};
    use crate::registry::keeping::Kept;

    impl Inner {
        pub(super) fn over_code<M: Kept>(
            &self,
            name: &str,
            config: Option<&str>,
            by_code: Option<Arc<M::Builder>>,
        ) -> Option<Inherited<M::Builder>> {
            with_files::<M>(self.configuration().as_deref(), name, config, by_code)
        }

        pub(in crate::registry) fn known_configs<M: Kept>(&self) -> Vec<String> {
            self.configs_known_with::<M>(self.configuration().as_deref())
        }

        /// The shared configurations of code and of `files`.
        pub(in crate::registry) fn configs_known_with<M: Kept>(
            &self,
            files: Option<&Configuration>,
        ) -> Vec<String> {
            let mut known = M::members(self).configs.names();
            if let Some(configuration) = files {
                let configs = configuration.policy(M::POLICY).configs();
                known.extend(configs.iter().map(|config| config.name().to_owned()));
            }
            known.sort();
            known.dedup();
            known
        }
    }

    /// What an instance has where code and `files` say this; nothing where neither knows the shared
    /// configuration that it names.
    pub(in crate::registry) fn with_files<M: Kept>(
        files: Option<&Configuration>,
        name: &str,
        config: Option<&str>,
        by_code: Option<Arc<M::Builder>>,
    ) -> Option<Inherited<M::Builder>> {
        let Some(configuration) = files else {
            return Inherited::without_files(config, by_code);
        };
        let files = configuration.policy(M::POLICY);
        match files.layers(name, config) {
            Ok(layers) => Some(Inherited {
                shared: over(&layers.shared, by_code.clone()),
                own: over(&layers.own, None),
                by_code,
            }),
            // Only code knows it: what the files say of other shared configurations is not for it.
            Err(_) => by_code.map(|by_code| Inherited {
                by_code: Some(Arc::clone(&by_code)),
                shared: Some(by_code),
                own: files
                    .instance(name)
                    .and_then(|instance| over(instance.own(), None)),
            }),
        }
    }

    fn over<B: crate::configuration::Configurable + Clone + Default>(
        settings: &Settings,
        base: Option<Arc<B>>,
    ) -> Option<Arc<B>> {
        if settings.is_empty() {
            return base;
        }
        let base = base.map(Arc::unwrap_or_clone).unwrap_or_default();
        Some(Arc::new(settings.apply(base)))
    }
}
