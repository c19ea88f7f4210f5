//! Errors of the configuration.

/// An invalid setting. The message is one line, without the value if that may be a secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A variable has an invalid value.
    #[error("{name} {problem}")]
    Invalid {
        /// Name of the variable.
        name: &'static str,
        /// The problem and the expected value.
        problem: String,
    },
    /// A required variable is not set.
    #[error("{name} is not set. {remedy}")]
    Missing {
        /// Name of the variable.
        name: &'static str,
        /// The value to set it to.
        remedy: &'static str,
    },
    /// The file `.env` can't be read or parsed.
    #[error("The file .env can't be read: {0}")]
    DotEnv(String),
}

pub(super) fn invalid(name: &'static str, problem: impl Into<String>) -> ConfigError {
    ConfigError::Invalid { name, problem: problem.into() }
}
