//! Invites to a workspace or an organization, each bound to one email address (docs/SECURITY.md, I-12).

mod paste;

pub use paste::{Pasted, people};

use crate::{
    Email,
    id::{InviteId, OrganizationId, WorkspaceId},
    moment::Moment,
    seating::Rank,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Validity of an invite, in days.
pub const DAYS: i64 = 7;
/// Maximum number of invite emails per day to one address for the same workspace or organization.
pub const MAILS_A_DAY: i64 = 4;
/// Maximum number of addresses per submission of the invite form.
pub const AT_ONCE: usize = 50;
/// Maximum number of access requests per user and day, over all workspaces.
pub const REQUESTS_A_DAY: i64 = 10;

/// Status of an invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteState {
    /// It can be accepted.
    Open,
    /// It was accepted.
    Accepted,
    /// It was declined by the recipient.
    Declined,
    /// It was revoked by the workspace or organization.
    Revoked,
    /// It is older than [`DAYS`] days.
    Expired,
    /// The inviter may no longer grant the role, or the workspace was deleted.
    Withdrawn,
}

impl InviteState {
    /// Parses a name stored in the database. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "open" => Self::Open,
            "accepted" => Self::Accepted,
            "declined" => Self::Declined,
            "revoked" => Self::Revoked,
            "expired" => Self::Expired,
            "withdrawn" => Self::Withdrawn,
            _ => return None,
        })
    }

    /// Returns an error message that explains why the invite can't be accepted. Empty for an open invite.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Accepted => "This invite was already used. Each invite works once.",
            Self::Declined => "This invite was declined. If that was a mistake, ask for a new one.",
            Self::Revoked => "This invite was revoked. If that’s unexpected, contact the person who sent it.",
            Self::Expired => "This invite has expired. Invites expire after 7 days. Ask for a new one.",
            Self::Withdrawn => "The person who sent this invite can no longer give that role. Ask for a new one.",
        }
    }
}

/// Target of an invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteTo {
    /// A workspace.
    Workspace(WorkspaceId),
    /// An organization, which includes all of its workspaces.
    Organization(OrganizationId),
}

/// Verification status of the email address that an invite names, derived from the link that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mailbox {
    /// The link was also shown to the inviter, so it proves nothing and reveals nothing about the address.
    Unproven,
    /// The link was sent by email, and the address has an account.
    Known,
    /// The link was sent by email, and the address has no account.
    New,
}

/// An invite, as displayed to the recipient or to any holder of its link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invite {
    /// Invite ID. It grants nothing by itself: the user must own the email address.
    pub id: InviteId,
    /// Target of the invite.
    pub to: InviteTo,
    /// Name of the target.
    pub place: String,
    /// Name of the organization.
    pub organization: String,
    /// Display name of the role.
    pub role: String,
    /// Email address of the recipient.
    pub email: Email,
    /// Name of the inviter.
    pub inviter: String,
    /// Expiry time.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub expires_at: OffsetDateTime,
    /// Current status.
    pub state: InviteState,
}

/// An invite, as displayed to managers of seats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SentInvite {
    /// Invite ID.
    pub id: InviteId,
    /// Email address of the recipient.
    pub email: Email,
    /// Display name of the role.
    pub role: String,
    /// Name of the inviter.
    pub inviter: String,
    /// Time of the last email.
    pub sent_at: Moment,
    /// Expiry time.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub expires_at: OffsetDateTime,
    /// `true` if the invite has expired.
    pub expired: bool,
}

/// Result for one entry of a submitted list of invites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteResult {
    /// Email address, or the text as entered if it is not an email address.
    pub address: String,
    /// Name entered next to the address, if any.
    #[serde(default)]
    pub name: String,
    /// Outcome of the invite.
    pub outcome: InviteOutcome,
}

/// Outcome of inviting one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteOutcome {
    /// The invite was sent. The path of a shareable link, which is returned only this once.
    Sent(String),
    /// The text is not an email address.
    Malformed,
    /// A user with this address already has a seat.
    Seated,
    /// The address already has an open invite.
    Pending,
    /// The recipient declined an invite within the last day.
    Declined,
    /// The address has reached the daily limit of emails.
    Throttled,
}

impl InviteOutcome {
    /// Returns the message shown to the inviter.
    pub const fn message(&self) -> &'static str {
        match self {
            Self::Sent(_) => "Invited. The email is on its way.",
            Self::Malformed => "Not a valid email. Correct it above and try again.",
            Self::Seated => "Already has access.",
            Self::Pending => "Already has a pending invite. You can resend it below.",
            Self::Declined => "Declined within the last day. Talk to them before you invite them again.",
            Self::Throttled => "Already received several emails from Stile today. Try again tomorrow.",
        }
    }

    /// Returns `true` if an invite was sent.
    pub const fn is_sent(&self) -> bool {
        matches!(self, Self::Sent(_))
    }
}

/// Returns the invalid entries of a submitted list, one per line. The form keeps them for correction.
pub fn to_correct(results: &[InviteResult]) -> String {
    let unclear = results.iter().filter(|result| result.outcome == InviteOutcome::Malformed);
    unclear.map(|result| result.address.as_str()).collect::<Vec<_>>().join("\n")
}

/// Returns the number of people in an entered list, in words. Empty if there are none.
///
/// # Errors
/// The message of [`too_many`] if the list has more than `most` entries.
pub fn summarize_entries(text: &str, most: usize) -> Result<String, String> {
    let people = people(text);
    let unclear = people.iter().filter(|person| matches!(person, Pasted::Unclear(_))).count();
    let named = match people.len() {
        0 => return Ok(String::new()),
        1 => "1 person".to_owned(),
        many => format!("{many} people"),
    };
    if people.len() > most {
        return Err(too_many(people.len(), most));
    }
    Ok(if unclear > 0 { format!("{named}, {unclear} without a valid email") } else { named })
}

/// Returns the error message for a list that is too long.
pub fn too_many(people: usize, most: usize) -> String {
    let may = match most {
        0 => return "You can’t invite more people today.".to_owned(),
        AT_ONCE.. => format!("You can invite {AT_ONCE} at a time."),
        most => format!("You can invite {most} more today."),
    };
    format!("{people} people are {} too many. {may}", people.saturating_sub(most))
}

/// Returns the display name of a stored role of a workspace or an organization. Returns `None` if it is unknown.
pub fn role_words<R: Rank>(word: &str) -> Option<&'static str> {
    R::read(word).map(R::words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summarize_entries_counts_people_and_rejects_long_lists() {
        let list = |n: usize| (0..n).map(|i| format!("p{i}@x.example ")).collect::<String>();
        assert_eq!(summarize_entries("", AT_ONCE), Ok(String::new()));
        assert_eq!(summarize_entries("ada@x.example", AT_ONCE), Ok("1 person".to_owned()));
        assert_eq!(
            summarize_entries("ada@x.example\nnonsense", AT_ONCE),
            Ok("2 people, 1 without a valid email".to_owned())
        );
        assert_eq!(summarize_entries(&list(50), AT_ONCE), Ok("50 people".to_owned()));
        let refused = summarize_entries(&list(60), AT_ONCE).unwrap_err();
        assert_eq!(refused, "60 people are 10 too many. You can invite 50 at a time.");
    }

    #[test]
    fn to_correct_returns_only_invalid_entries() {
        let result =
            |address: &str, outcome| InviteResult { address: address.to_owned(), name: String::new(), outcome };
        let results = [
            result("ada@x.example", InviteOutcome::Sent(String::new())),
            result("Olu <olu@>", InviteOutcome::Malformed),
            result("vik@x.example", InviteOutcome::Pending),
            result("nonsense", InviteOutcome::Malformed),
        ];
        assert_eq!(to_correct(&results), "Olu <olu@>\nnonsense");
    }
}
