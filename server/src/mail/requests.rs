//! Notifies approvers of access requests. Runs as a separate task beside the mail sender, so that a slow mail server
//! does not delay the update of open tabs.

use crate::shutdown::Shutdown;
use app::{
    routes::{Page, SettingsPage},
    seats::letters,
    server::request::Services,
};
use std::time::Duration;
use store::access::{self, AccessRequestNotice};

/// Polling interval without a notification, in case another server stopped before it had sent the mails.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// Delays of the further checks after a notification, because the notification precedes the commit.
const AFTER_NOTIFICATION: [Duration; 4] =
    [Duration::from_millis(10), Duration::from_millis(40), Duration::from_millis(150), Duration::from_millis(500)];

/// Processes requests until shutdown.
pub(crate) async fn notify_requests(services: &Services, shutdown: &Shutdown) {
    loop {
        let waits: &[Duration] = match shutdown.or_stop(tokio::time::timeout(POLL_INTERVAL, access::requested())).await
        {
            None => return,
            Some(Ok(())) => &AFTER_NOTIFICATION,
            Some(Err(_)) => &[],
        };
        tell(services).await;
        for wait in waits {
            if shutdown.or_stop(tokio::time::sleep(*wait)).await.is_none() {
                return;
            }
            tell(services).await;
        }
    }
}

async fn tell(services: &Services) {
    let letter = |notice: &AccessRequestNotice| {
        let members = Page::Settings(SettingsPage::Members).url(&notice.slug);
        letters::request(notice, services.link(&members))
    };
    loop {
        match services.store.notify_access_request(letter).await {
            Ok(false) => return,
            Ok(true) => {}
            Err(error) => {
                tracing::warn!(%error, "those who may decide could not be told of a request");
                return;
            }
        }
    }
}
