//! Invites: offers of a seat in a workspace or of a role in an organization, each bound to one e-mail address
//! (docs/SECURITY.md, I-12).

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

/// How many days an invite stands.
pub const DAYS: i64 = 7;
/// How many mails one address gets within a day about one workspace or organization.
pub const MAILS_A_DAY: i64 = 4;
/// How many addresses are invited at once.
pub const AT_ONCE: usize = 50;
/// How many times a day a person may ask for a seat anywhere.
pub const REQUESTS_A_DAY: i64 = 10;

/// Where an invite stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteState {
    /// It can be accepted.
    Open,
    /// It was.
    Accepted,
    /// The person did not want it.
    Declined,
    /// The inviter's side took it back.
    Revoked,
    /// It is older than [`DAYS`].
    Expired,
    /// Whoever made it could not give that seat any more, or what it leads to was deleted.
    Withdrawn,
}

impl InviteState {
    /// Reads the database's word.
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

    /// Why it can't be accepted, and what to do.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Accepted => "This invite was already used. Each works once.",
            Self::Declined => "This invite was declined. If that was a mistake, ask for a new one.",
            Self::Revoked => "This invite was taken back. Ask whoever sent it if that is a surprise.",
            Self::Expired => "This invite is more than 7 days old. Ask for a new one.",
            Self::Withdrawn => "Whoever sent this invite can’t give that seat any more. Ask for a new one.",
        }
    }
}

/// What an invite leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteTo {
    /// One workspace.
    Workspace(WorkspaceId),
    /// An organization, and so every workspace of it.
    Organization(OrganizationId),
}

/// What a link proves and tells about the mailbox that the invite names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mailbox {
    /// The link was shown to the inviter too: it proves nothing, and nothing is told.
    Unproven,
    /// The link was mailed, and the address has an account.
    Known,
    /// The link was mailed, and the address has none.
    New,
}

/// An invite as whoever it names may see it, or whoever holds its link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invite {
    /// Its id: a name, worth nothing without the address.
    pub id: InviteId,
    /// Where it leads.
    pub to: InviteTo,
    /// The name of that.
    pub place: String,
    /// The organization's name.
    pub organization: String,
    /// The role, in words.
    pub role: String,
    /// Whom it names.
    pub email: Email,
    /// Who made it.
    pub inviter: String,
    /// Until when it stands.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub expires_at: OffsetDateTime,
    /// Where it stands.
    pub state: InviteState,
}

/// An invite as those see it who manage seats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SentInvite {
    /// Its id.
    pub id: InviteId,
    /// Whom it names.
    pub email: Email,
    /// The role, in words.
    pub role: String,
    /// Who made it.
    pub inviter: String,
    /// When it was sent last.
    pub sent_at: Moment,
    /// Until when it stands.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub expires_at: OffsetDateTime,
    /// Whether it has run out.
    pub expired: bool,
}

/// The result for one person of a list of invites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteResult {
    /// The address, or the typed text if it is not an address.
    pub address: String,
    /// The name beside the address.
    #[serde(default)]
    pub name: String,
    /// What became of it.
    pub outcome: InviteOutcome,
}

/// The kinds of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteOutcome {
    /// Sent; the path of a link that can be passed on by hand, shown this once.
    Sent(String),
    /// It is no address.
    Malformed,
    /// Somebody of that address has that seat already.
    Seated,
    /// There is an open invite for the address.
    Pending,
    /// The person declined within the last day.
    Declined,
    /// The address got enough mails today.
    Throttled,
}

impl InviteOutcome {
    /// In words.
    pub const fn message(&self) -> &'static str {
        match self {
            Self::Sent(_) => "Invited. The email is on its way.",
            Self::Malformed => "Not a valid email. Correct it above and invite it again.",
            Self::Seated => "Already has a seat here.",
            Self::Pending => "Already has an open invite. You can resend it below.",
            Self::Declined => "Declined within the last day. Talk to them before you invite them again.",
            Self::Throttled => "Has had several emails from Stile today. Try again tomorrow.",
        }
    }

    /// Whether an invite was sent.
    pub const fn is_sent(&self) -> bool {
        matches!(self, Self::Sent(_))
    }
}

/// The entries of an invited list to correct, one per line. The field keeps them.
pub fn to_correct(results: &[InviteResult]) -> String {
    let unclear = results.iter().filter(|result| result.outcome == InviteOutcome::Malformed);
    unclear.map(|result| result.address.as_str()).collect::<Vec<_>>().join("\n")
}

/// The number of people in a typed list, in words, and whether they are more than may be invited at once.
pub fn counted(text: &str, most: usize) -> Result<String, String> {
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

/// The error for a list that is too long.
pub fn too_many(people: usize, most: usize) -> String {
    let may = match most {
        0 => return "You can’t invite more people today.".to_owned(),
        AT_ONCE.. => format!("You can invite {AT_ONCE} at once."),
        most => format!("You can invite {most} more today."),
    };
    format!("{people} people are {} too many. {may}", people.saturating_sub(most))
}

/// The words for a stored role of a workspace or an organization.
pub fn role_words<R: Rank>(word: &str) -> Option<&'static str> {
    R::read(word).map(R::words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_counted_before_it_is_sent() {
        let list = |n: usize| (0..n).map(|i| format!("p{i}@x.example ")).collect::<String>();
        assert_eq!(counted("", AT_ONCE), Ok(String::new()));
        assert_eq!(counted("ada@x.example", AT_ONCE), Ok("1 person".to_owned()));
        assert_eq!(counted("ada@x.example\nnonsense", AT_ONCE), Ok("2 people, 1 without a valid email".to_owned()));
        assert_eq!(counted(&list(50), AT_ONCE), Ok("50 people".to_owned()));
        let refused = counted(&list(60), AT_ONCE).unwrap_err();
        assert_eq!(refused, "60 people are 10 too many. You can invite 50 at once.");
    }

    #[test]
    fn the_field_keeps_what_is_to_be_corrected_and_nothing_else() {
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
