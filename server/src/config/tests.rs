//! Tests of the configuration: defaults, and the error message of each setting.

use super::*;
use std::collections::HashMap;

fn read(settings: &[(&'static str, &str)]) -> Result<Config, ConfigError> {
    let settings: HashMap<&str, &str> = settings.iter().copied().collect();
    Config::read(|name| Ok(settings.get(name).map(|value| (*value).to_owned())))
}

fn refusal(settings: &[(&'static str, &str)]) -> String {
    read(settings).map(|_| "accepted".to_owned()).unwrap_or_else(|error| error.to_string())
}

#[test]
fn without_settings_the_database_is_private() {
    let config = read(&[("DATABASE_URL", "  "), ("STILE_SECRET", "")]).expect("defaults");
    assert!(matches!(config.database, DatabaseConfig::Private { run_as: None }), "empty counts as not set");
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!((config.data_dir.to_str(), config.site_dir.to_str()), (Some("./data"), Some("target/site")));
    assert!(config.chosen_secret().is_ok_and(|secret| secret.is_none()));
    assert!(config.public.is_none());
}

#[test]
fn an_external_database_requires_a_secret() {
    let url = ("DATABASE_URL", "postgres://stile_app:pw@db.example/stile");
    let config = read(&[url]).expect("a database is enough to read");
    let missing = config.chosen_secret().expect_err("no secret").to_string();
    assert!(missing.starts_with("STILE_SECRET is not set."), "{missing}");
    let config = read(&[url, ("STILE_SECRET", "0123456789abcdef0123456789abcdef")]).expect("both");
    assert!(config.chosen_secret().is_ok_and(|secret| secret.is_some()));
}

#[test]
fn invalid_settings_are_reported_with_the_expected_format() {
    for (name, value, says) in [
        ("STILE_LISTEN", "3000", "like 127.0.0.1:3000"),
        ("STILE_METRICS_LISTEN", "9100", "like 127.0.0.1:3000"),
        ("STILE_METRICS_TOKEN", "hunter2", "at least 16"),
        ("STILE_API_RATE", "0", "1 to 100000"),
        ("STILE_PUBLIC_URL", "stile.example.com", "https://stile.example.com"),
        ("STILE_PUBLIC_URL", "https://stile.example.com/console", "scheme and host only"),
        ("STILE_TRUSTED_PROXIES", "10.0.0.1, proxy", "\"proxy\""),
        ("STILE_OUTGOING_NETWORKS", "10.0.0.0/33", "\"10.0.0.0/33\""),
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
fn metrics_are_off_by_default() {
    let config = read(&[]).expect("defaults");
    assert!(config.metrics_listen.is_none() && config.metrics_token.is_none());
    let config = read(&[("STILE_METRICS_TOKEN", "0123456789abcdef"), ("STILE_METRICS_LISTEN", "127.0.0.1:9100")]);
    let config = config.expect("both");
    assert_eq!(config.metrics_listen.map(|address| address.port()), Some(9100));
    let token = config.metrics_token.expect("a token");
    assert!(token.is("0123456789abcdef") && !token.is("0123456789abcde") && !token.is(""));
}

#[test]
fn smtp_passwords_require_tls() {
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
fn the_default_sender_uses_the_public_host() {
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
fn an_https_public_url_is_normalized_and_uses_tls() {
    let config = read(&[("STILE_PUBLIC_URL", "https://Stile.Example.com/")]).expect("a public URL");
    assert!(config.public.as_ref().is_some_and(WebOrigin::is_https));
    assert_eq!(config.public.map(|public| public.to_string()).as_deref(), Some("https://stile.example.com"));
}
