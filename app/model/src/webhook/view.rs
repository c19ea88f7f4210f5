//! Webhooks and deliveries, as displayed.

use super::input::{EventKind, WebhookInput};
use crate::{
    id::{DeliveryId, WebhookId},
    moment::Moment,
};
use serde::{Deserialize, Serialize};

/// Whether a webhook is told of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookState {
    /// It is, and the last attempt succeeded.
    On,
    /// It is, and the last attempt failed.
    Failing,
    /// It is not.
    Off,
}

impl WebhookState {
    /// Returns the stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Failing => "failing",
            Self::Off => "off",
        }
    }

    /// Returns the display name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::On => "On",
            Self::Failing => "Failing",
            Self::Off => "Off",
        }
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::On, Self::Failing, Self::Off].into_iter().find(|state| state.as_str() == word)
    }
}

/// Action on a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookAct {
    /// Sends a test message.
    Test,
    /// Makes a new secret.
    Rotate,
    /// Turns it on.
    TurnOn,
    /// Turns it off.
    TurnOff,
    /// Deletes it.
    Delete,
    /// Sends a message again.
    Redeliver(DeliveryId),
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is sent at its time.
    Waiting,
    /// It is being sent.
    Sending,
    /// The receiver accepted it.
    Delivered,
    /// It is not sent any more.
    Failed,
}

impl DeliveryState {
    /// Returns the stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// Returns the display name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Sending => "Sending",
            Self::Delivered => "Delivered",
            Self::Failed => "Failed",
        }
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Sending, Self::Delivered, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// A webhook. Its secret is displayed once, when it is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Webhook {
    /// ID.
    pub id: WebhookId,
    /// Address that messages are sent to.
    pub url: String,
    /// What it is for; empty for none.
    pub description: String,
    /// The facts that it is told of.
    pub events: Vec<EventKind>,
    /// Whether it is told of them.
    pub state: WebhookState,
    /// The first of the failed attempts since the last success.
    pub failing_since: Option<Moment>,
    /// When the former secret stops signing, if it does not yet.
    pub rotating_until: Option<Moment>,
    /// Creation time.
    pub created_at: Moment,
}

impl Webhook {
    /// Returns the name in lists and logs: the description, or else the address.
    pub fn name(&self) -> &str {
        if self.description.is_empty() { &self.url } else { &self.description }
    }
}

impl From<&Webhook> for WebhookInput {
    fn from(webhook: &Webhook) -> Self {
        Self::of(&webhook.url, &webhook.description, &webhook.events)
    }
}

/// A message to a webhook, and what the last attempt to send it came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// ID.
    pub id: DeliveryId,
    /// Value of the header `webhook-id`.
    pub message: String,
    /// Type of the message.
    pub kind: String,
    /// The body that is sent.
    pub body: String,
    /// What became of it.
    pub state: DeliveryState,
    /// Attempts that have begun.
    pub attempt: i16,
    /// When the next attempt is made, if there is one.
    pub next_at: Option<Moment>,
    /// Status code of the last answer.
    pub status: Option<i16>,
    /// Why the last attempt had no answer; empty if it had one.
    pub problem: String,
    /// Beginning of the last answer.
    pub excerpt: String,
    /// When the fact happened.
    pub created_at: Moment,
    /// When it was delivered or had failed.
    pub done_at: Option<Moment>,
}

/// A webhook with its last deliveries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookDetail {
    /// The webhook.
    pub webhook: Webhook,
    /// Its last deliveries, newest first, at most 50.
    pub deliveries: Vec<Delivery>,
    /// Time zone in which times are shown.
    pub time_zone: String,
}
