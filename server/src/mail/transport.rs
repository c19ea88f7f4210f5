//! The way out: an SMTP server, or files in the data directory.

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

/// Where mails go without an SMTP server.
const OUTBOX: &str = "outbox";

/// Why a letter did not leave. Holds nothing of the letter and no credentials.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailError {
    /// Trying again may help.
    #[error("{0}")]
    Failed(String),
    /// Trying again can't help.
    #[error("{0}")]
    Refused(String),
}

/// The way out, and who mails are from.
pub(crate) struct Transport {
    way: Way,
    sender: Mailbox,
}

enum Way {
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    Outbox(PathBuf),
}

impl Transport {
    /// The way that the configuration says. No connection is made yet: a mail server that is down at the start is no
    /// reason not to serve.
    ///
    /// # Errors
    /// When `STILE_SMTP_URL` can't be used, or the outbox not made.
    pub(crate) fn open(config: &Config) -> Result<Self, io::Error> {
        let way = match &config.smtp {
            Some(url) => Way::Smtp(Box::new(relay(url).map_err(io::Error::other)?)),
            None => {
                let dir = config.data_dir.join(OUTBOX);
                // Links in mails are secrets.
                DirBuilder::new().recursive(true).mode(0o700).create(&dir)?;
                Way::Outbox(dir)
            }
        };
        Ok(Self { way, sender: config.mail_from.clone() })
    }

    /// Who mails are from.
    pub(crate) const fn sender(&self) -> &Mailbox {
        &self.sender
    }

    /// Hands a message over.
    ///
    /// # Errors
    /// [`MailError::Refused`] when the receiving side says that there is no such mailbox; else [`MailError::Failed`].
    pub(crate) async fn send(&self, id: Uuid, message: Message) -> Result<(), MailError> {
        match &self.way {
            Way::Smtp(relay) => relay.send(message).await.map(drop).map_err(|error| reason(&error)),
            Way::Outbox(dir) => {
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

/// What the log and the queue may know: the reply's code and first words, not the address that it quotes.
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
    let said = format!("the mail server answered {code}");
    // 550, 551, 553: no such mailbox. Other refusals may be about this server, which somebody can mend.
    let no_mailbox = code.severity == Severity::PermanentNegativeCompletion
        && matches!(code.to_string().as_str(), "550" | "551" | "553");
    if no_mailbox { MailError::Refused(said) } else { MailError::Failed(said) }
}

/// A whole file or none, readable by its owner only.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)
}
