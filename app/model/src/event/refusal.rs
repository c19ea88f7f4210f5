//! Reasons for which an event is not stored.

use super::limits::{FUTURE_MINUTES, LATE_DAYS};
use std::borrow::Cow;

/// Maximum length of an excerpt in characters.
pub(super) const EXCERPT: usize = 300;

/// Code of a [`Refusal`]. The words are part of the API and never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCode {
    /// `malformed`.
    Malformed,
    /// `unknown_customer`.
    UnknownCustomer,
    /// `customer_archived`.
    CustomerArchived,
    /// `unknown_type`.
    UnknownType,
    /// `bad_value`.
    BadValue,
    /// `negative_value`.
    NegativeValue,
    /// `too_old`.
    TooOld,
    /// `in_the_future`.
    InTheFuture,
    /// `id_reused`.
    IdReused,
}

impl RefusalCode {
    /// All codes.
    pub const ALL: [Self; 9] = [
        Self::Malformed,
        Self::UnknownCustomer,
        Self::CustomerArchived,
        Self::UnknownType,
        Self::BadValue,
        Self::NegativeValue,
        Self::TooOld,
        Self::InTheFuture,
        Self::IdReused,
    ];

    /// Returns the word of the code in the API and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownCustomer => "unknown_customer",
            Self::CustomerArchived => "customer_archived",
            Self::UnknownType => "unknown_type",
            Self::BadValue => "bad_value",
            Self::NegativeValue => "negative_value",
            Self::TooOld => "too_old",
            Self::InTheFuture => "in_the_future",
            Self::IdReused => "id_reused",
        }
    }

    /// Returns the code of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }

    /// Returns the name of the code in the console.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Malformed => "Malformed",
            Self::UnknownCustomer => "Unknown customer",
            Self::CustomerArchived => "Archived customer",
            Self::UnknownType => "Unknown type",
            Self::BadValue => "Bad value",
            Self::NegativeValue => "Negative value",
            Self::TooOld => "Too old",
            Self::InTheFuture => "In the future",
            Self::IdReused => "ID used before",
        }
    }

    /// Returns what the code means, as a sentence.
    pub fn meaning(self) -> Cow<'static, str> {
        let text = match self {
            Self::Malformed => "An attribute is missing or invalid.",
            Self::UnknownCustomer => "No customer has this subject.",
            Self::CustomerArchived => "This customer is archived.",
            Self::UnknownType => "No active meter counts this event.",
            Self::BadValue => "The property that a meter reads is missing or can’t be counted.",
            Self::NegativeValue => "The property that a meter reads is negative.",
            Self::TooOld => return Cow::Owned(format!("The event happened more than {LATE_DAYS} days ago.")),
            Self::InTheFuture => {
                let text = format!("The event’s time is more than {FUTURE_MINUTES} minutes in the future.");
                return Cow::Owned(text);
            }
            Self::IdReused => "Another event with this source and id was stored before.",
        };
        Cow::Borrowed(text)
    }

    /// Returns what to do, as a sentence.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Malformed => "Correct the attribute, then send the event again.",
            Self::UnknownCustomer => "Add it to a customer, then send the event again.",
            Self::CustomerArchived => "Restore the customer, then send the event again.",
            Self::UnknownType => "Create a meter for its type and properties, then send it again.",
            Self::BadValue => "Send a number with at most 6 decimal places.",
            Self::NegativeValue => "Reduce usage by an adjustment instead.",
            Self::TooOld => "Import it instead.",
            Self::InTheFuture => "Check the sender’s clock.",
            Self::IdReused => "Send each event with an id of its own.",
        }
    }
}

/// Reason for which an event is not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// `malformed`: an attribute is missing or invalid.
    Malformed {
        /// Name of the attribute.
        field: &'static str,
        /// What it must be, as the end of the sentence "`field` must …".
        must: &'static str,
    },
    /// `unknown_customer`: no customer has this subject.
    UnknownCustomer,
    /// `customer_archived`.
    CustomerArchived,
    /// `unknown_type`: no active meter counts the event.
    UnknownType,
    /// `bad_value`: a meter needs the property, which is missing or can't be counted.
    BadValue {
        /// Name of the property.
        property: String,
        /// What is wrong with it.
        problem: String,
    },
    /// `negative_value`: usage is never negative.
    NegativeValue {
        /// Name of the property.
        property: String,
    },
    /// `too_old`: the event happened more than [`LATE_DAYS`] days ago.
    TooOld,
    /// `in_the_future`: the event's time is more than [`FUTURE_MINUTES`] minutes ahead.
    InTheFuture,
    /// `id_reused`: another event with this source and id was stored before.
    IdReused {
        /// Attribute in which the two differ.
        field: &'static str,
    },
}

impl Refusal {
    /// Returns the code.
    pub const fn code(&self) -> RefusalCode {
        match self {
            Self::Malformed { .. } => RefusalCode::Malformed,
            Self::UnknownCustomer => RefusalCode::UnknownCustomer,
            Self::CustomerArchived => RefusalCode::CustomerArchived,
            Self::UnknownType => RefusalCode::UnknownType,
            Self::BadValue { .. } => RefusalCode::BadValue,
            Self::NegativeValue { .. } => RefusalCode::NegativeValue,
            Self::TooOld => RefusalCode::TooOld,
            Self::InTheFuture => RefusalCode::InTheFuture,
            Self::IdReused { .. } => RefusalCode::IdReused,
        }
    }

    /// Returns the word of the code.
    pub const fn as_str(&self) -> &'static str {
        self.code().as_str()
    }

    /// Returns the name of the attribute, or of the property of `data`, that is the reason.
    pub fn field(&self) -> &str {
        match self {
            Self::Malformed { field, .. } | Self::IdReused { field } => field,
            Self::UnknownCustomer | Self::CustomerArchived => "subject",
            Self::UnknownType => "type",
            Self::BadValue { property, .. } | Self::NegativeValue { property } => property,
            Self::TooOld | Self::InTheFuture => "time",
        }
    }

    /// Returns what is wrong and what to do about it.
    pub fn message(&self) -> String {
        let code = self.code();
        let remedy = code.remedy();
        match self {
            Self::Malformed { field, must } => format!("{field} must {must}."),
            Self::BadValue { property, problem } => format!("The property {property} can’t be counted. {problem}"),
            Self::NegativeValue { property } => format!("The property {property} is negative. {remedy}"),
            Self::IdReused { field } => {
                format!("Another event with this source and id was stored before, with another {field}. {remedy}")
            }
            Self::UnknownCustomer | Self::CustomerArchived | Self::UnknownType | Self::TooOld | Self::InTheFuture => {
                format!("{} {remedy}", code.meaning())
            }
        }
    }
}

/// An event that is not stored, with what could be read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The reason.
    pub refusal: Refusal,
    /// Source, or empty.
    pub source: String,
    /// Id, or empty.
    pub id: String,
    /// Type, or empty.
    pub kind: String,
    /// Subject, or empty.
    pub subject: String,
    /// Beginning of the data, or of the whole event if it could not be read: at most 300 characters.
    pub excerpt: String,
    /// Size of the event as it was sent, in bytes.
    pub bytes: usize,
}

impl Rejected {
    /// Creates the rejection of an event of which nothing but its text is known.
    pub fn unreadable(refusal: Refusal, text: &str) -> Self {
        Self {
            refusal,
            source: String::new(),
            id: String::new(),
            kind: String::new(),
            subject: String::new(),
            excerpt: excerpt(text, EXCERPT),
            bytes: text.len(),
        }
    }
}

/// Returns the first `most` characters, with spaces instead of control characters.
pub(super) fn excerpt(text: &str, most: usize) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(most).collect()
}
