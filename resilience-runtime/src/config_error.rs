use resilience_settings::SettingError;

/// Settings that do not fit; all of them at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
#[non_exhaustive]
pub struct ConfigError {
    /// What is wrong, in the order of the settings.
    pub problems: Vec<SettingError>,
}
