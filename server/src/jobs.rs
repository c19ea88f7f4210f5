//! Jobs: what the server does in workspaces without a person. Each job has a loop of its own, so that none waits for
//! another.
//!
//! `store` returns the workspaces in which a job has something due. In each, the job opens a transaction by the door for
//! jobs. Servers that share a database may run the same job at once: `store` sees to it that each does another part.

mod invoices;

pub(crate) use invoices::invoice;

use crate::{outgoing::Outgoing, shutdown::Shutdown};
use app::{
    console::webhook_turned_off,
    routes::{Page, SettingsPage},
    server::request::Services,
};
use http::{Request, header};
use hyper::body::Bytes;
use model::{capability::ManageSettings, id::WorkspaceId, job::Job};
use std::{sync::Arc, time::Duration};
use store::{
    StoreError,
    door::{Can, WorkspaceTx, Write},
    mail::QueueMail as _,
    webhooks::{self, Answer, Claimed, Recorded},
};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

/// Number of messages that are being sent at once by this server.
const AT_ONCE: usize = 256;
/// Maximum number of messages of one workspace that are claimed at once.
const BATCH: usize = 40;
/// Time on shutdown to finish the messages that are being sent.
const FINISH_LIMIT: Duration = Duration::from_secs(8);
/// Polling interval without a notification: another server may have written a message, or a retry may be due.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// Delays of the further polls after a notification, because the notification precedes the commit.
const AFTER_NOTIFICATION: [Duration; 4] =
    [Duration::from_millis(10), Duration::from_millis(40), Duration::from_millis(150), Duration::from_millis(500)];

/// Sends the messages of webhooks until shutdown. Messages that are being sent are finished; one that takes too long is
/// sent again by the next server, with the same id.
pub(crate) async fn deliver(services: &Arc<Services>, outgoing: &Outgoing, shutdown: &Shutdown) {
    let courier = Arc::new(Courier {
        services: Arc::clone(services),
        outgoing: outgoing.clone(),
        places: Arc::new(Semaphore::new(AT_ONCE)),
        tasks: TaskTracker::new(),
    });
    'polls: loop {
        let told = shutdown.or_stop(tokio::time::timeout(POLL_INTERVAL, webhooks::announced())).await;
        let waits: &[Duration] = match told {
            None => break,
            Some(Ok(())) => &AFTER_NOTIFICATION,
            Some(Err(_)) => &[],
        };
        if shutdown.or_stop(courier.poll()).await.is_none() {
            break;
        }
        for wait in waits {
            let polled = async {
                tokio::time::sleep(*wait).await;
                courier.poll().await;
            };
            if shutdown.or_stop(polled).await.is_none() {
                break 'polls;
            }
        }
    }
    courier.tasks.close();
    // What is left is sent again when its lease has ended.
    let _ = tokio::time::timeout(FINISH_LIMIT, courier.tasks.wait()).await;
}

struct Courier {
    services: Arc<Services>,
    outgoing: Outgoing,
    places: Arc<Semaphore>,
    tasks: TaskTracker,
}

impl Courier {
    /// Begins to send what is due, and does not wait for the answers: a receiver that is slow or dead delays no other.
    async fn poll(self: &Arc<Self>) {
        let due = match self.services.store.due(Job::Deliver).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "the messages that are due can't be read");
                return;
            }
        };
        for workspace in due {
            let free = self.places.available_permits().min(BATCH);
            if free == 0 {
                return;
            }
            match self.claim(workspace, free).await {
                Ok((claimed, now)) => {
                    for one in claimed {
                        let Ok(place) = Arc::clone(&self.places).acquire_owned().await else { return };
                        let courier = Arc::clone(self);
                        self.tasks.spawn(async move {
                            courier.deliver(workspace, &one, now).await;
                            drop(place);
                        });
                    }
                }
                Err(error) => tracing::warn!(workspace_id = %workspace, %error, "messages can't be claimed"),
            }
        }
    }

    /// Claims messages of a workspace. Returns them with the current time, in seconds since 1970.
    async fn claim(&self, workspace: WorkspaceId, free: usize) -> Result<(Vec<Claimed>, i64), StoreError> {
        let Some((mut tx, can)) = self.open(workspace).await? else { return Ok((Vec::new(), 0)) };
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        let claimed = webhooks::claim(&mut tx, &can, &self.services.seal, limit).await?;
        let now = tx.commit().await?.principal.now.unix_timestamp();
        Ok((claimed, now))
    }

    async fn open(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Option<(WorkspaceTx<Write>, Can<ManageSettings>)>, StoreError> {
        let Some(tx) = self.services.store.job(workspace, Job::Deliver).await? else { return Ok(None) };
        match tx.can::<ManageSettings>() {
            Ok(can) => Ok(Some((tx, can))),
            Err(denied) => Err(StoreError::Inconsistent(format!("a job whose capability is missing: {denied}"))),
        }
    }

    /// Sends a message, outside of any transaction, and records what it came to.
    async fn deliver(&self, workspace: WorkspaceId, claimed: &Claimed, now: i64) {
        let answer = self.send(claimed, now).await;
        let (status, attempt) = (answer.status, claimed.attempt);
        tracing::info!(workspace_id = %workspace, webhook_id = %claimed.webhook, delivery_id = %claimed.id, attempt, ?status, "message sent");
        if let Err(error) = self.record(workspace, claimed, &answer).await {
            let delivery = claimed.id;
            tracing::warn!(workspace_id = %workspace, delivery_id = %delivery, %error, "what a message came to could not be noted; it is sent again");
        }
    }

    async fn send(&self, claimed: &Claimed, now: i64) -> Answer {
        let none = |problem: String| Answer { problem, ..Answer::default() };
        if claimed.secrets.is_empty() {
            return none("The secret can’t be read, because the server’s own secret has changed. Rotate it.".to_owned());
        }
        let signature = webhooks::signatures(&claimed.secrets, &claimed.message, now, &claimed.body);
        let request = Request::post(&claimed.url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, concat!("Stile/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", &claimed.message)
            .header("webhook-timestamp", now)
            .header("webhook-signature", signature)
            .body(Bytes::from(claimed.body.clone()));
        let Ok(request) = request else {
            return none("The address is not one that a request can be sent to.".to_owned());
        };
        match self.outgoing.send(request).await {
            Ok(reply) => {
                Answer { status: Some(reply.status.as_u16()), problem: String::new(), body: reply.body }
            }
            Err(error) => none(error.to_string()),
        }
    }

    /// Records what an attempt came to. If the webhook was turned off, queues a mail to those who can turn it on.
    async fn record(&self, workspace: WorkspaceId, claimed: &Claimed, answer: &Answer) -> Result<(), StoreError> {
        let Some((mut tx, can)) = self.open(workspace).await? else { return Ok(()) };
        if let Recorded::TurnedOff(off) = webhooks::record(&mut tx, &can, claimed, answer).await? {
            let place = tx.tenant().workspace.clone();
            let page = Page::Settings(SettingsPage::Webhook(off.webhook));
            let link = self.services.link(&page.url(&place.slug));
            for person in &off.people {
                tx.queue(&webhook_turned_off(person, &place.name, &off.url, link.clone())).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }
}
