use resilience_settings::SettingError;

/// Settings that do not fit; all of them at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
#[non_exhaustive]
pub struct ConfigError {
    /// What is wrong, in the order of the settings.
    pub problems: Vec<SettingError>,
}

/// The error of all the checks that fail, if any does.
pub(crate) fn check_all(
    checks: impl IntoIterator<Item = Result<(), SettingError>>,
) -> Result<(), ConfigError> {
    let problems: Vec<_> = checks.into_iter().filter_map(Result::err).collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(ConfigError { problems })
    }
}
