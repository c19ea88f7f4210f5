//! Settings for sending mail.

use super::error::{ConfigError, invalid};
use crate::web_origin::WebOrigin;
use lettre::message::Mailbox;
use model::idn::ascii_host;

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

pub(super) fn smtp(url: &str) -> Result<SmtpUrl, ConfigError> {
    let problem = || invalid("STILE_SMTP_URL", "is not a URL like smtps://user:password@mail.example.com:465.");
    let uri: http::Uri = url.parse().map_err(|_| problem())?;
    match (uri.scheme_str(), uri.host()) {
        (Some("smtp" | "smtps"), Some(host)) => Ok(SmtpUrl { host: host.to_owned(), url: url.to_owned() }),
        _ => Err(problem()),
    }
}

pub(super) fn mail_from(text: Option<String>, public: Option<&WebOrigin>) -> Result<Mailbox, ConfigError> {
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
