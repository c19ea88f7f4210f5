//! The facts that webhooks are told of, and the form of a webhook.

use super::url::{Schemes, WebhookUrl};
use crate::{field::FieldErrors, text};
use serde::{Deserialize, Serialize};

/// Maximum length of a description, in characters.
const DESCRIPTION_MAX: usize = 120;

macro_rules! kinds {
    ($($name:ident = $word:literal, $field:ident, $label:literal;)*) => {
        /// A fact that webhooks are told of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum EventKind { $(#[doc = $label] #[serde(rename = $word)] $name,)* }

        impl EventKind {
            /// All facts, in the order in which forms offer them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the name in messages, in the API and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// Returns the label of the check box.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)* }
            }

            /// Returns the name of the check box.
            pub const fn field(self) -> &'static str {
                match self { $(Self::$name => stringify!($field),)* }
            }

            /// Parses a name. Returns `None` if it is unknown.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
            }
        }

        /// Values of the form of a webhook. An unchecked event is empty.
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        pub struct WebhookInput {
            /// Address that messages are sent to.
            #[serde(default)]
            pub url: String,
            /// What it is for.
            #[serde(default)]
            pub description: String,
            $(
                #[doc = concat!("`on` for ", $word, ".")]
                #[serde(default)]
                pub $field: String,
            )*
        }

        impl WebhookInput {
            /// Creates the values of a webhook.
            pub fn of(url: &str, description: &str, events: &[EventKind]) -> Self {
                let mut input = Self {
                    url: url.to_owned(),
                    description: description.to_owned(),
                    ..Self::default()
                };
                for event in events {
                    match event { $(EventKind::$name => "on".clone_into(&mut input.$field),)* }
                }
                input
            }

            /// Returns the checked events.
            pub fn events(&self) -> Vec<EventKind> {
                let mut events = Vec::new();
                $(if self.$field == "on" { events.push(EventKind::$name); })*
                events
            }
        }
    };
}

kinds! {
    InvoiceDrafted = "invoice.drafted", invoice_drafted, "An invoice was drafted";
    InvoiceIssued = "invoice.issued", invoice_issued, "An invoice was issued";
    InvoicePaid = "invoice.paid", invoice_paid, "An invoice was paid";
    InvoiceOverdue = "invoice.overdue", invoice_overdue, "An invoice is overdue";
    InvoiceVoided = "invoice.voided", invoice_voided, "An invoice was voided";
    CreditNoteIssued = "credit_note.issued", credit_note_issued, "A credit note was issued";
    SubscriptionChanged = "subscription.changed", subscription_changed, "A subscription was started or changed";
    SubscriptionEnded = "subscription.ended", subscription_ended, "The last day of a subscription was set";
    UsageLate = "usage.late", usage_late, "Usage arrived for a billed period";
    ImportDone = "import.done", import_done, "An import of usage is done";
}

/// A webhook to create, or the new values of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookDraft {
    /// Address that messages are sent to.
    pub url: WebhookUrl,
    /// What it is for; empty for none.
    pub description: String,
    /// The facts that it is told of, at least one.
    pub events: Vec<EventKind>,
}

impl WebhookInput {
    /// Parses the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with all invalid fields: `url`, `description`, `events`.
    pub fn parse(&self, schemes: Schemes) -> Result<WebhookDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let url = errors.take("url", WebhookUrl::parse(&self.url, schemes));
        let description = text::one_line(self.description.trim());
        let fits = description.chars().count() <= DESCRIPTION_MAX;
        let description =
            errors.take("description", if fits { Ok(description) } else { Err("Use at most 120 characters.") });
        let events = self.events();
        let events =
            errors.take("events", if events.is_empty() { Err("Choose at least one event.") } else { Ok(events) });
        match (url, description, events) {
            (Some(url), Some(description), Some(events)) => Ok(WebhookDraft { url, description, events }),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_parse_only_from_their_names_and_survive_the_form() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_word(kind.as_str()), Some(*kind));
            assert_eq!(WebhookInput::of("", "", &[*kind]).events(), [*kind]);
            let posted = serde_json::json!({ kind.field(): "on" });
            let input: WebhookInput = serde_json::from_value(posted).expect("a form");
            assert_eq!(input.events(), [*kind], "the check box has the name of the field");
        }
        assert_eq!(EventKind::from_word("invoice"), None);
        assert_eq!(EventKind::from_word("webhook.test"), None);
    }

    #[test]
    fn a_webhook_needs_an_address_and_an_event() {
        let input = WebhookInput { description: "x".repeat(121), ..WebhookInput::default() };
        let errors = input.parse(Schemes::HttpsOnly).expect_err("nothing is filled in");
        for field in ["url", "description", "events"] {
            assert!(errors.of(field).is_some(), "{field}");
        }
        let input = WebhookInput::of("https://a.example/hook", " Ledger ", &[EventKind::InvoicePaid]);
        let draft = input.parse(Schemes::HttpsOnly).expect("valid");
        assert_eq!((draft.description.as_str(), draft.events), ("Ledger", vec![EventKind::InvoicePaid]));
    }
}
