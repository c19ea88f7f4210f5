//! Configuration from environment variables, read once at startup.
//!
//! Contains every setting with its default and its error message. No other part of the server reads the environment.
//! Secrets never appear in error messages or in `Debug` output.

use crate::{client::Network, web_origin::WebOrigin};
use lettre::message::Mailbox;
use model::idn::ascii_host;
use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgConnectOptions;
use std::{collections::HashMap, fmt, io::IsTerminal as _, net::SocketAddr, path::PathBuf};

/// Minimum length in characters of a configured secret (`STILE_SECRET`).
const SECRET_MIN: usize = 32;

/// Minimum length in bytes of the token for `/metrics`.
const METRICS_TOKEN_MIN: usize = 16;

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
    /// `STILE_PUBLIC_URL`: the public origin. If absent, the origin is derived from the request's Host, over http.
    pub(crate) public: Option<WebOrigin>,
    /// `STILE_TRUSTED_PROXIES`: proxies whose `X-Forwarded-For` is trusted.
    pub(crate) proxies: Vec<Network>,
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

/// The mail server. Not `Debug`, because the URL may contain a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SmtpUrl {
    host: String,
    url: String,
}

impl SmtpUrl {
    /// Returns the host, for display.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Returns the URL to connect to. With `smtp://`, TLS is used if the server offers it. It is required if the URL
    /// contains a password, unless the server is on this machine.
    pub(crate) fn connection(&self) -> String {
        let here = matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let told = self.url.contains('@');
        match (self.url.starts_with("smtps://") || self.url.contains("tls="), told && !here) {
            (true, _) => self.url.clone(),
            (false, true) => format!("{}?tls=required", self.url),
            (false, false) => format!("{}?tls=opportunistic", self.url),
        }
    }
}

/// The secret that signs grants.
#[derive(Clone)]
pub(crate) struct SigningSecret(String);

impl SigningSecret {
    /// Creates a secret from generated text.
    pub(crate) const fn made(text: String) -> Self {
        Self(text)
    }

    /// Returns the secret as bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

/// The token for `/metrics`. Not `Debug`, because it is a secret.
#[derive(Clone)]
pub(crate) struct MetricsToken(String);

impl MetricsToken {
    /// Returns `true` if the presented token is correct. Compares hashes, so that the timing reveals nothing about the
    /// token.
    pub(crate) fn is(&self, presented: &str) -> bool {
        Sha256::digest(presented) == Sha256::digest(&self.0)
    }
}

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
            mail_from: mail_from(get("STILE_MAIL_FROM")?, public.as_ref())?,
            public,
            proxies: proxies(get("STILE_TRUSTED_PROXIES")?)?,
            data_dir: get("STILE_DATA_DIR")?.unwrap_or_else(|| "./data".to_owned()).into(),
            smtp: get("STILE_SMTP_URL")?.map(|url| smtp(&url)).transpose()?,
            secret: get("STILE_SECRET")?.map(secret).transpose()?,
            log: log(get("STILE_LOG")?)?,
            log_filter: get("RUST_LOG")?,
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

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn environment(name: &'static str, file: &HashMap<String, String>) -> Result<Option<String>, ConfigError> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(file.get(name).cloned()),
        Err(std::env::VarError::NotUnicode(_)) => Err(invalid(name, "is not UTF-8 text.")),
    }
}

fn dot_env() -> Result<HashMap<String, String>, ConfigError> {
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

fn invalid(name: &'static str, problem: impl Into<String>) -> ConfigError {
    ConfigError::Invalid { name, problem: problem.into() }
}

fn database_url(name: &'static str, url: Option<String>) -> Result<Option<Box<PgConnectOptions>>, ConfigError> {
    let Some(url) = url else { return Ok(None) };
    let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
    match url.parse() {
        Ok(options) if postgres => Ok(Some(Box::new(options))),
        _ => Err(invalid(name, "is not a PostgreSQL URL like postgres://stile_app:password@host:5432/stile.")),
    }
}

fn listen(name: &'static str, text: &str) -> Result<SocketAddr, ConfigError> {
    let problem = || format!("is {text:?}. Set it to an address and a port, like 127.0.0.1:3000 or [::]:3000.");
    text.parse().map_err(|_| invalid(name, problem()))
}

fn metrics_token(text: String) -> Result<MetricsToken, ConfigError> {
    let plain = text.bytes().all(|b| b.is_ascii_graphic());
    if plain && text.len() >= METRICS_TOKEN_MIN {
        return Ok(MetricsToken(text));
    }
    Err(invalid("STILE_METRICS_TOKEN", "is no token. Set it to at least 16 random characters, without spaces."))
}

fn public(url: &str) -> Result<WebOrigin, ConfigError> {
    WebOrigin::parse(url.strip_suffix('/').unwrap_or(url)).ok_or_else(|| {
        invalid(
            "STILE_PUBLIC_URL",
            format!("is {url:?}. Set it to scheme and host only, like https://stile.example.com."),
        )
    })
}

fn proxies(list: Option<String>) -> Result<Vec<Network>, ConfigError> {
    let read = |text: &str| {
        let problem = format!("has {text:?} in it. Set it to addresses or networks, like 127.0.0.1,10.0.0.0/8.");
        text.parse().map_err(|_| invalid("STILE_TRUSTED_PROXIES", problem))
    };
    list.iter().flat_map(|list| list.split(',')).map(str::trim).filter(|text| !text.is_empty()).map(read).collect()
}

fn smtp(url: &str) -> Result<SmtpUrl, ConfigError> {
    let problem = || invalid("STILE_SMTP_URL", "is not a URL like smtps://user:password@mail.example.com:465.");
    let uri: http::Uri = url.parse().map_err(|_| problem())?;
    match (uri.scheme_str(), uri.host()) {
        (Some("smtp" | "smtps"), Some(host)) => Ok(SmtpUrl { host: host.to_owned(), url: url.to_owned() }),
        _ => Err(problem()),
    }
}

fn mail_from(text: Option<String>, public: Option<&WebOrigin>) -> Result<Mailbox, ConfigError> {
    match text {
        Some(text) => {
            let bad = || invalid("STILE_MAIL_FROM", "is not an address like Stile <no-reply@example.com>.");
            let mailbox: Mailbox = text.parse().map_err(|_| bad())?;
            // Mail servers accept an internationalized host only in its `xn--` form.
            let host = ascii_host(mailbox.email.domain()).ok_or_else(bad)?;
            let address = lettre::Address::new(mailbox.email.user(), host).map_err(|_| bad())?;
            Ok(Mailbox::new(mailbox.name, address))
        }
        None => {
            let host = public.map(WebOrigin::host).filter(|host| host.contains(|c: char| c.is_ascii_alphabetic()));
            let address = lettre::Address::new("no-reply", host.unwrap_or("localhost"));
            let address = address.or_else(|_| lettre::Address::new("no-reply", "localhost"));
            let unusable = |_| invalid("STILE_MAIL_FROM", "is not set, and STILE_PUBLIC_URL has no host for one.");
            Ok(Mailbox::new(Some("Stile".to_owned()), address.map_err(unusable)?))
        }
    }
}

fn secret(text: String) -> Result<SigningSecret, ConfigError> {
    if text.chars().count() < SECRET_MIN {
        return Err(invalid("STILE_SECRET", "is too short. Set it to at least 32 random characters."));
    }
    Ok(SigningSecret(text))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&'static str, &str)]) -> Result<Config, ConfigError> {
        let settings: HashMap<&str, &str> = settings.iter().copied().collect();
        Config::read(|name| Ok(settings.get(name).map(|value| (*value).to_owned())))
    }

    fn refusal(settings: &[(&'static str, &str)]) -> String {
        read(settings).map(|_| "accepted".to_owned()).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn nothing_set_means_a_private_database_on_this_machine() {
        let config = read(&[("DATABASE_URL", "  "), ("STILE_SECRET", "")]).expect("defaults");
        assert!(matches!(config.database, DatabaseConfig::Private { run_as: None }), "empty counts as not set");
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        assert_eq!((config.data_dir.to_str(), config.site_dir.to_str()), (Some("./data"), Some("target/site")));
        assert!(config.chosen_secret().is_ok_and(|secret| secret.is_none()));
        assert!(config.public.is_none());
    }

    #[test]
    fn a_database_of_others_needs_a_shared_secret() {
        let url = ("DATABASE_URL", "postgres://stile_app:pw@db.example/stile");
        let config = read(&[url]).expect("a database is enough to read");
        let missing = config.chosen_secret().expect_err("no secret").to_string();
        assert!(missing.starts_with("STILE_SECRET is not set."), "{missing}");
        let config = read(&[url, ("STILE_SECRET", "0123456789abcdef0123456789abcdef")]).expect("both");
        assert!(config.chosen_secret().is_ok_and(|secret| secret.is_some()));
    }

    #[test]
    fn each_mistake_is_named_with_its_remedy() {
        for (name, value, says) in [
            ("STILE_LISTEN", "3000", "like 127.0.0.1:3000"),
            ("STILE_METRICS_LISTEN", "9100", "like 127.0.0.1:3000"),
            ("STILE_METRICS_TOKEN", "hunter2", "at least 16"),
            ("STILE_PUBLIC_URL", "stile.example.com", "https://stile.example.com"),
            ("STILE_PUBLIC_URL", "https://stile.example.com/console", "scheme and host only"),
            ("STILE_TRUSTED_PROXIES", "10.0.0.1, proxy", "\"proxy\""),
            ("STILE_LOG", "xml", "json or text"),
            ("STILE_SMTP_URL", "mail.example.com", "smtps://"),
            ("STILE_MAIL_FROM", "Stile", "no-reply@example.com"),
            ("STILE_SECRET", "hunter2", "at least 32"),
            ("DATABASE_URL", "mysql://root:hunter2@db/stile", "PostgreSQL URL"),
            ("STILE_OWNER_DATABASE_URL", "postgres://o:hunter2@db:port/stile", "PostgreSQL URL"),
        ] {
            let line = refusal(&[(name, value)]);
            assert!(line.starts_with(name) && line.contains(says), "{line}");
            assert!(!line.contains("hunter2") && !line.contains('\n'), "{line}");
        }
    }

    #[test]
    fn metrics_are_nowhere_unless_they_are_asked_for() {
        let config = read(&[]).expect("defaults");
        assert!(config.metrics_listen.is_none() && config.metrics_token.is_none());
        let config = read(&[("STILE_METRICS_TOKEN", "0123456789abcdef"), ("STILE_METRICS_LISTEN", "127.0.0.1:9100")]);
        let config = config.expect("both");
        assert_eq!(config.metrics_listen.map(|address| address.port()), Some(9100));
        let token = config.metrics_token.expect("a token");
        assert!(token.is("0123456789abcdef") && !token.is("0123456789abcde") && !token.is(""));
    }

    #[test]
    fn a_password_is_told_to_a_mail_server_over_tls_only() {
        for (url, connection) in [
            ("smtps://u:p@mail.example:465", "smtps://u:p@mail.example:465"),
            ("smtp://u:p@mail.example:587", "smtp://u:p@mail.example:587?tls=required"),
            ("smtp://mail.example", "smtp://mail.example?tls=opportunistic"),
            ("smtp://u:p@127.0.0.1:2525", "smtp://u:p@127.0.0.1:2525?tls=opportunistic"),
        ] {
            let config = read(&[("STILE_SMTP_URL", url)]).expect("a URL");
            assert_eq!(config.smtp.map(|smtp| smtp.connection()).as_deref(), Some(connection));
        }
    }

    #[test]
    fn mails_are_from_the_host_that_people_use() {
        for (public, from) in [
            ("https://stile.example.com:8443", "no-reply@stile.example.com"),
            ("http://127.0.0.1:3000", "no-reply@localhost"),
            ("https://bücher.example", "no-reply@xn--bcher-kva.example"),
        ] {
            let config = read(&[("STILE_PUBLIC_URL", public)]).expect("a public URL");
            assert_eq!(config.mail_from.email.to_string(), from);
        }
        let config = read(&[("STILE_MAIL_FROM", "Bücher <post@bücher.example>")]).expect("an address");
        assert_eq!(config.mail_from.email.to_string(), "post@xn--bcher-kva.example");
        assert_eq!(config.mail_from.name.as_deref(), Some("Bücher"));
    }

    #[test]
    fn people_come_over_tls_when_the_public_url_says_so() {
        let config = read(&[("STILE_PUBLIC_URL", "https://Stile.Example.com/")]).expect("a public URL");
        assert!(config.public.as_ref().is_some_and(WebOrigin::is_https));
        assert_eq!(config.public.map(|public| public.to_string()).as_deref(), Some("https://stile.example.com"));
    }
}
