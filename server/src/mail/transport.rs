//! Mail transport: an SMTP server, or files in the data directory.

use crate::config::{Config, SmtpUrl};
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{self, response::Severity},
};
use sqlx::types::Uuid;
use std::{
    fs::DirBuilder,
    io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// Name of the directory for mails when no SMTP server is configured.
const OUTBOX: &str = "outbox";

/// The reason why a letter was not sent. Contains no content of the letter and no credentials.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailError {
    /// Temporary failure; a retry may succeed.
    #[error("{0}")]
    Failed(String),
    /// Permanent failure; a retry can't succeed.
    #[error("{0}")]
    Refused(String),
}

/// The mail transport and the sender address.
pub(crate) struct Transport {
    backend: Backend,
    sender: Mailbox,
}

enum Backend {
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    Outbox(PathBuf),
}

impl Transport {
    /// Creates the configured transport. Does not connect yet: the server must start even if the mail server is down.
    ///
    /// # Errors
    /// `io::Error` if `STILE_SMTP_URL` is not usable or the outbox can't be created.
    pub(crate) fn open(config: &Config) -> Result<Self, io::Error> {
        let backend = match &config.smtp {
            Some(url) => Backend::Smtp(Box::new(relay(url).map_err(io::Error::other)?)),
            None => {
                let dir = config.data_dir.join(OUTBOX);
                // Mode 0700, because mails contain secret links.
                DirBuilder::new().recursive(true).mode(0o700).create(&dir)?;
                Backend::Outbox(dir)
            }
        };
        Ok(Self { backend, sender: config.mail_from.clone() })
    }

    /// Returns the sender address.
    pub(crate) const fn sender(&self) -> &Mailbox {
        &self.sender
    }

    /// Sends a message.
    ///
    /// # Errors
    /// [`MailError::Refused`] if the mail server reports that the mailbox does not exist, otherwise
    /// [`MailError::Failed`].
    pub(crate) async fn send(&self, id: Uuid, message: Message) -> Result<(), MailError> {
        match &self.backend {
            Backend::Smtp(relay) => relay.send(message).await.map(drop).map_err(|error| reason(&error)),
            Backend::Outbox(dir) => {
                let (path, bytes) = (dir.join(format!("{id}.eml")), message.formatted());
                let written = tokio::task::spawn_blocking(move || write(&path, &bytes)).await;
                match written {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(error)) => Err(MailError::Failed(format!("the outbox: {error}"))),
                    Err(_) => Err(MailError::Failed("the outbox could not be written".to_owned())),
                }
            }
        }
    }
}

fn relay(url: &SmtpUrl) -> Result<AsyncSmtpTransport<Tokio1Executor>, smtp::Error> {
    Ok(AsyncSmtpTransport::<Tokio1Executor>::from_url(&url.connection())?.build())
}

/// Converts an SMTP error to one that is safe to log and to store: the reply code, without the text, which may quote
/// the recipient's address.
fn reason(error: &smtp::Error) -> MailError {
    let Some(code) = error.status() else {
        let kind = if error.is_timeout() {
            "the mail server did not answer in time"
        } else if error.is_tls() {
            "no TLS with the mail server"
        } else {
            "the mail server can't be reached"
        };
        return MailError::Failed(kind.to_owned());
    };
    let message = format!("the mail server answered {code}");
    // 550, 551 and 553 mean that the mailbox does not exist. Other rejections may concern this server and can be fixed.
    let no_mailbox = code.severity == Severity::PermanentNegativeCompletion
        && matches!(code.to_string().as_str(), "550" | "551" | "553");
    if no_mailbox { MailError::Refused(message) } else { MailError::Failed(message) }
}

/// Writes a file atomically, readable only by its owner.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)
}
