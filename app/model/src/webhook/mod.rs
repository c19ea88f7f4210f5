//! Webhooks: addresses outside that are told of facts in a workspace, as the Standard Webhooks specification describes
//! (<https://www.standardwebhooks.com>). A message names a fact and the record that it concerns; the receiver reads the
//! record by the API.

mod input;
mod url;
mod view;

pub use input::{EventKind, WebhookDraft, WebhookInput};
pub use url::{Schemes, WebhookUrl};
pub use view::{Delivery, DeliveryState, Webhook, WebhookAct, WebhookDetail, WebhookState};

use crate::id::WorkspaceId;
use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

/// Maximum number of webhooks per workspace.
pub const WEBHOOK_LIMIT: i64 = 10;

/// Beginning of every secret, as the specification requires.
pub const SECRET_PREFIX: &str = "whsec_";

/// Hours for which the former secret also signs, after a new one was made.
pub const ROTATION_HOURS: i32 = 24;

/// Days without a successful attempt after which a webhook is turned off.
pub const FAILING_DAYS: i32 = 5;

/// Days for which deliveries are kept.
pub const KEPT_DAYS: i32 = 30;

/// Type of the message of "Send test", which no webhook asks for.
pub const TEST_KIND: &str = "webhook.test";

/// Seconds from each failed attempt to the next one: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. After the
/// last one, the delivery has failed.
pub const RETRIES: [u32; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// Returns the seconds until the attempt after the `attempt`th, which begins at 1. `jitter` is between 0 and 255, and
/// adds up to a tenth, so that receivers that come back are not met by all messages at once. `None` if there is none.
pub fn retry_after(attempt: i16, jitter: u8) -> Option<i32> {
    let index = usize::try_from(attempt).ok()?.checked_sub(1)?;
    let seconds = *RETRIES.get(index)?;
    let added = u64::from(seconds) * u64::from(jitter) / 2_550;
    i32::try_from(u64::from(seconds) + added).ok()
}

/// A fact, as a webhook is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// Type: the name of an [`EventKind`], or [`TEST_KIND`].
    pub kind: &'static str,
    /// When it happened.
    pub at: OffsetDateTime,
    /// The record that it concerns.
    pub id: Uuid,
    /// The workspace of the record.
    pub workspace: WorkspaceId,
}

#[derive(Serialize)]
struct Payload<'e> {
    r#type: &'e str,
    timestamp: String,
    data: Data,
}

#[derive(Serialize)]
struct Data {
    id: Uuid,
    workspace: WorkspaceId,
}

impl WebhookEvent {
    /// Returns the body of the message: JSON with `type`, `timestamp` and `data`, which has `id` and `workspace`.
    pub fn body(&self) -> String {
        let payload = Payload {
            r#type: self.kind,
            // Fails only for years beyond 9999.
            timestamp: self.at.format(&Rfc3339).unwrap_or_default(),
            data: Data { id: self.id, workspace: self.workspace },
        };
        serde_json::to_string(&payload).unwrap_or_default()
    }
}

/// Returns the value of the header `webhook-id`, by which receivers recognize a message that they have had.
pub fn message_id(id: Uuid) -> String {
    format!("msg_{}", id.simple())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_message_names_the_fact_and_the_record_only() {
        let event = WebhookEvent {
            kind: EventKind::InvoiceIssued.as_str(),
            at: datetime!(2026-12-01 11:00:00.5 UTC),
            id: Uuid::from_u128(1),
            workspace: WorkspaceId::from_uuid(Uuid::from_u128(2)),
        };
        assert_eq!(
            event.body(),
            r#"{"type":"invoice.issued","timestamp":"2026-12-01T11:00:00.5Z","data":{"id":"00000000-0000-0000-0000-000000000001","workspace":"00000000-0000-0000-0000-000000000002"}}"#
        );
        assert!(!message_id(event.id).contains('.'), "the signed text is divided by dots");
    }

    #[test]
    fn an_attempt_is_repeated_nine_times_each_later_than_the_one_before() {
        let without: Vec<_> = (1..=10).map(|attempt| retry_after(attempt, 0)).collect();
        assert_eq!(without.iter().flatten().count(), 9);
        assert_eq!(without.first(), Some(&Some(5)));
        assert_eq!(without.last(), Some(&None));
        assert_eq!(retry_after(0, 0), None);
        assert_eq!(retry_after(-1, 0), None);
        for attempt in 1..=9 {
            let (least, most) = (retry_after(attempt, 0).unwrap_or_default(), retry_after(attempt, 255));
            assert!(most.is_some_and(|most| most >= least && most <= least + least / 10), "{attempt}");
        }
    }
}
