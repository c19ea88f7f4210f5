//! Configuration from environment variables, read once at startup.
//!
//! Contains every setting with its default and its error message. No other part of the server reads the environment.
//! Secrets never appear in error messages or in `Debug` output.

mod environment;
mod error;
mod mail;
mod network;
mod secrets;
#[cfg(test)]
mod tests;

pub(crate) use error::ConfigError;
pub(crate) use mail::SmtpUrl;
pub(crate) use secrets::{MetricsToken, SigningSecret};

use crate::{client::Network, web_origin::WebOrigin};
use environment::{dot_env, environment};
use error::invalid;
use lettre::message::Mailbox;
use mail::{mail_from, smtp};
use network::{listen, networks, public};
use secrets::{metrics_token, secret};
use sqlx::postgres::PgConnectOptions;
use std::{io::IsTerminal as _, net::SocketAddr, path::PathBuf};

/// All settings. Not `Debug`, because the output of connection options includes their password.
pub(crate) struct Config {
    /// The PostgreSQL server to use.
    pub(crate) database: DatabaseConfig,
    /// `STILE_LISTEN`: the address to listen on.
    pub(crate) listen: SocketAddr,
    /// `STILE_METRICS_LISTEN`: an address that serves only `/metrics`, without a token.
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// `STILE_METRICS_TOKEN`: the token that `/metrics` requires on the main listener. If absent, it is not served
    /// there.
    pub(crate) metrics_token: Option<MetricsToken>,
    /// `STILE_API_RATE`: requests per second of each API token.
    pub(crate) api_rate: u32,
    /// `STILE_PUBLIC_URL`: the public origin. If absent, the origin is derived from the request's Host, over http.
    pub(crate) public: Option<WebOrigin>,
    /// `STILE_TRUSTED_PROXIES`: proxies whose `X-Forwarded-For` is trusted.
    pub(crate) proxies: Vec<Network>,
    /// `STILE_OUTGOING_NETWORKS`: networks that outgoing requests may reach although they are not public, also by http.
    pub(crate) outgoing: Vec<Network>,
    /// `STILE_DATA_DIR`: the directory of the private cluster, generated secrets and mails.
    pub(crate) data_dir: PathBuf,
    /// `STILE_SMTP_URL`: the mail server. If absent, mails are written to files.
    pub(crate) smtp: Option<SmtpUrl>,
    /// `STILE_MAIL_FROM`: the sender of mails. By default, no-reply at the public host.
    pub(crate) mail_from: Mailbox,
    /// `STILE_SECRET`, if set.
    secret: Option<SigningSecret>,
    /// `STILE_LOG`: the log format.
    pub(crate) log: LogFormat,
    /// `RUST_LOG`: the log filter, in the syntax of `tracing_subscriber::EnvFilter`.
    pub(crate) log_filter: Option<String>,
    /// `STILE_FONTS`: a directory of fonts for PDFs, used for scripts that the fonts in the program lack.
    pub(crate) fonts: Option<PathBuf>,
    /// `STILE_SITE_DIR`: the directory of the built client.
    pub(crate) site_dir: PathBuf,
}

/// The PostgreSQL server to use.
pub(crate) enum DatabaseConfig {
    /// A private cluster, run by this server.
    Private {
        /// `STILE_POSTGRES_USER`: the user that runs the cluster when stile is started as root.
        run_as: Option<String>,
    },
    /// An external server.
    External {
        /// `DATABASE_URL`: connection as the app role. Optional only for `stile migrate`.
        app: Option<Box<PgConnectOptions>>,
        /// `STILE_OWNER_DATABASE_URL`: connection as the owner.
        owner: Option<Box<PgConnectOptions>>,
    },
}

/// Log format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// One JSON object per line.
    Json,
    /// Human-readable text.
    Text,
}

impl Config {
    /// Reads the configuration from the process environment. Variables that are not set are read from the file `.env`
    /// in the current directory or a parent directory.
    ///
    /// # Errors
    /// `ConfigError` for the first invalid setting.
    pub(crate) fn from_environment() -> Result<Self, ConfigError> {
        let file = dot_env()?;
        Self::read(|name| environment(name, &file))
    }

    fn read(lookup: impl Fn(&'static str) -> Result<Option<String>, ConfigError>) -> Result<Self, ConfigError> {
        let get = |name| Ok(lookup(name)?.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()));
        let (app, owner) = (database_url("DATABASE_URL", get("DATABASE_URL")?)?, get("STILE_OWNER_DATABASE_URL")?);
        let owner = database_url("STILE_OWNER_DATABASE_URL", owner)?;
        let run_as = get("STILE_POSTGRES_USER")?;
        let database = match (app, owner) {
            (None, None) => DatabaseConfig::Private { run_as },
            (app, owner) => DatabaseConfig::External { app, owner },
        };
        let public = get("STILE_PUBLIC_URL")?.map(|url| public(&url)).transpose()?;
        Ok(Self {
            database,
            listen: listen("STILE_LISTEN", get("STILE_LISTEN")?.as_deref().unwrap_or("127.0.0.1:3000"))?,
            metrics_listen: get("STILE_METRICS_LISTEN")?
                .map(|text| listen("STILE_METRICS_LISTEN", &text))
                .transpose()?,
            metrics_token: get("STILE_METRICS_TOKEN")?.map(metrics_token).transpose()?,
            api_rate: api_rate(get("STILE_API_RATE")?)?,
            mail_from: mail_from(get("STILE_MAIL_FROM")?, public.as_ref())?,
            public,
            proxies: networks("STILE_TRUSTED_PROXIES", get("STILE_TRUSTED_PROXIES")?)?,
            outgoing: networks("STILE_OUTGOING_NETWORKS", get("STILE_OUTGOING_NETWORKS")?)?,
            data_dir: get("STILE_DATA_DIR")?.unwrap_or_else(|| "./data".to_owned()).into(),
            smtp: get("STILE_SMTP_URL")?.map(|url| smtp(&url)).transpose()?,
            secret: get("STILE_SECRET")?.map(secret).transpose()?,
            log: log(get("STILE_LOG")?)?,
            log_filter: get("RUST_LOG")?,
            fonts: get("STILE_FONTS")?.map(PathBuf::from),
            site_dir: get("STILE_SITE_DIR")?.unwrap_or_else(|| "target/site".to_owned()).into(),
        })
    }

    /// Returns the configured secret; `None` if one should be generated and stored in the data directory.
    ///
    /// # Errors
    /// [`ConfigError::Missing`] with an external database: servers that share it must share the secret, so none may
    /// generate its own.
    pub(crate) fn chosen_secret(&self) -> Result<Option<SigningSecret>, ConfigError> {
        match (&self.secret, &self.database) {
            (None, DatabaseConfig::External { .. }) => Err(ConfigError::Missing {
                name: "STILE_SECRET",
                remedy: "With DATABASE_URL, set it to at least 32 random characters, the same for all servers of one \
                         database; `openssl rand -base64 32` makes some.",
            }),
            (secret, _) => Ok(secret.clone()),
        }
    }

    /// Returns the public origin of a server that listens on `address`.
    pub(crate) fn origin(&self, address: SocketAddr) -> String {
        match &self.public {
            Some(public) => public.to_string(),
            None if address.ip().is_unspecified() => format!("http://localhost:{}", address.port()),
            None => format!("http://{address}"),
        }
    }

    /// Returns the origin that browsers are assumed to use, for values that are bound to one origin. Without
    /// `STILE_PUBLIC_URL`, this is localhost.
    pub(crate) fn browser_origin(&self) -> String {
        self.public.as_ref().map_or_else(|| format!("http://localhost:{}", self.listen.port()), ToString::to_string)
    }
}

fn database_url(name: &'static str, url: Option<String>) -> Result<Option<Box<PgConnectOptions>>, ConfigError> {
    let Some(url) = url else { return Ok(None) };
    let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
    match url.parse() {
        Ok(options) if postgres => Ok(Some(Box::new(options))),
        _ => Err(invalid(name, "is not a PostgreSQL URL like postgres://stile_app:password@host:5432/stile.")),
    }
}

/// Parses the requests per second of an API token, by default 20.
fn api_rate(text: Option<String>) -> Result<u32, ConfigError> {
    let Some(text) = text else { return Ok(20) };
    let rate = text.parse().ok().filter(|rate| (1..=100_000).contains(rate));
    rate.ok_or_else(|| invalid("STILE_API_RATE", "is no rate. Set it to a number of requests per second, 1 to 100000."))
}

fn log(format: Option<String>) -> Result<LogFormat, ConfigError> {
    match format.as_deref() {
        Some("json") => Ok(LogFormat::Json),
        Some("text") => Ok(LogFormat::Text),
        Some(other) => Err(invalid("STILE_LOG", format!("is {other:?}. Set it to json or text."))),
        None if std::io::stderr().is_terminal() => Ok(LogFormat::Text),
        None => Ok(LogFormat::Json),
    }
}
