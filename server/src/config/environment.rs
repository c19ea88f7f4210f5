//! Access to environment variables and the file `.env`.

use super::error::{ConfigError, invalid};
use std::collections::HashMap;

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub(super) fn environment(name: &'static str, file: &HashMap<String, String>) -> Result<Option<String>, ConfigError> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(file.get(name).cloned()),
        Err(std::env::VarError::NotUnicode(_)) => Err(invalid(name, "is not UTF-8 text.")),
    }
}

pub(super) fn dot_env() -> Result<HashMap<String, String>, ConfigError> {
    // The crate's own message for an invalid line quotes the line, which may contain a secret.
    let problem = |error: dotenvy::Error| match error {
        dotenvy::Error::Io(error) => ConfigError::DotEnv(error.to_string()),
        _ => {
            ConfigError::DotEnv("each line must be NAME=value, with quotes around a value that has spaces.".to_owned())
        }
    };
    match dotenvy::dotenv_iter() {
        Ok(lines) => lines.map(|line| line.map_err(problem)).collect(),
        Err(error) if error.not_found() => Ok(HashMap::new()),
        Err(error) => Err(problem(error)),
    }
}
