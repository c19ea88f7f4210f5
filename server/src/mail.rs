//! The mail sender: a task that sends the letters in the queue.
//!
//! Sends by SMTP if `STILE_SMTP_URL` is set, otherwise writes files to the data directory. Contains the rendering and
//! transport of letters. Their text is in `app`, next to the feature that sends them; the queue, which guarantees that
//! none is lost, is `store::mail`.

mod render;
mod requests;
mod transport;

pub(crate) use requests::notify_requests;
pub(crate) use transport::{MailError, Transport};

use crate::shutdown::Shutdown;
use std::{sync::Arc, time::Duration};
use store::{
    Store,
    mail::{self, ClaimedMail, MAX_ATTEMPTS, SendResult},
};
use tokio::task::JoinSet;

/// Number of letters sent concurrently.
const AT_ONCE: i32 = 10;
/// Timeout of an attempt. Well below the minute for which a letter is claimed.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(30);
/// Time on shutdown to finish the letters that are being sent.
const FINISH_LIMIT: Duration = Duration::from_secs(8);
/// Polling interval of the queue without a notification: another server may have queued a letter, or a retry may be
/// due.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// Delays of the further polls after a notification, because the notification precedes the commit.
const AFTER_NOTIFICATION: [Duration; 5] = [
    Duration::from_millis(10),
    Duration::from_millis(40),
    Duration::from_millis(150),
    Duration::from_millis(500),
    Duration::from_millis(1_500),
];

/// Sends letters until shutdown. Letters that are being sent are finished; the others are sent after the next start.
pub(crate) async fn run(store: Store, transport: Transport, origin: Arc<str>, shutdown: &Shutdown) {
    let sender = Arc::new(Sender { store, transport, origin });
    loop {
        let queued = shutdown.or_stop(tokio::time::timeout(POLL_INTERVAL, mail::queued())).await;
        let waits: &[Duration] = match queued {
            None => return,
            Some(Ok(())) => &AFTER_NOTIFICATION,
            Some(Err(_)) => &[],
        };
        if sender.poll_until(shutdown).await.is_none() {
            return;
        }
        for wait in waits {
            let waited = shutdown.or_stop(tokio::time::sleep(*wait)).await;
            if waited.is_none() || sender.poll_until(shutdown).await.is_none() {
                return;
            }
        }
    }
}

struct Sender {
    store: Store,
    transport: Transport,
    origin: Arc<str>,
}

impl Sender {
    /// Runs [`Sender::poll`]. Returns `None` if shutdown was requested and the running letters took too long; they are
    /// sent after the next start.
    async fn poll_until(self: &Arc<Self>, shutdown: &Shutdown) -> Option<()> {
        let end = async {
            shutdown.requested().await;
            tokio::time::sleep(FINISH_LIMIT).await;
        };
        tokio::select! {
            () = self.poll() => Some(()),
            () = end => None,
        }
    }

    /// Sends all letters that are due.
    async fn poll(self: &Arc<Self>) {
        loop {
            let batch = match self.store.claim_mail(AT_ONCE).await {
                Ok(batch) => batch,
                Err(error) => {
                    tracing::warn!(%error, "the queue of mails can't be read");
                    return;
                }
            };
            if batch.is_empty() {
                return;
            }
            let mut sending = JoinSet::new();
            for claimed in batch {
                let sender = Arc::clone(self);
                sending.spawn(async move { sender.send(claimed).await });
            }
            sending.join_all().await;
        }
    }

    async fn send(&self, claimed: ClaimedMail) {
        let ClaimedMail { id, letter, attempt } = claimed;
        let outcome = match letter {
            None => Err(MailError::Refused("this version can't read it".to_owned())),
            Some(letter) => {
                let message = render::message(id, &letter, self.transport.sender(), &self.origin);
                match message {
                    Ok(message) => tokio::time::timeout(ATTEMPT_LIMIT, self.transport.send(id, message))
                        .await
                        .unwrap_or_else(|_| Err(MailError::Failed("no answer in time".to_owned()))),
                    Err(error) => Err(MailError::Refused(error.to_string())),
                }
            }
        };
        let settled = match &outcome {
            Ok(()) => {
                tracing::info!(mail_id = %id, attempt, "mail sent");
                self.store.settle_mail(id, SendResult::Done).await
            }
            Err(error @ MailError::Failed(reason)) if attempt < MAX_ATTEMPTS => {
                tracing::warn!(mail_id = %id, attempt, %error, "mail not sent; it is tried again");
                self.store.settle_mail(id, SendResult::Failed(reason)).await
            }
            Err(error @ (MailError::Failed(reason) | MailError::Refused(reason))) => {
                tracing::error!(mail_id = %id, attempt, %error, "mail given up");
                self.store.settle_mail(id, SendResult::GivenUp(reason)).await
            }
        };
        if let Err(error) = settled {
            tracing::warn!(mail_id = %id, %error, "how a mail went could not be noted; it is sent again");
        }
    }
}
