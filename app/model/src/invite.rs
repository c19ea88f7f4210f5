//! Invites: offers of a seat in a workspace or of a role in an organization, each bound to one e-mail address
//! (switcher seed, section 6; security.md T-15 to T-18).

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

/// What became of one address of those that were invited together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteResult {
    /// What was typed.
    pub address: String,
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
            Self::Sent(_) => "Invited. The mail is on its way.",
            Self::Malformed => "This is no e-mail address. Correct it and invite it again.",
            Self::Seated => "Has a seat here already.",
            Self::Pending => "Has an open invite. Resend it from the list below.",
            Self::Declined => "Declined a day ago or less. Talk to them before you invite them again.",
            Self::Throttled => "Got several mails about this today. Try again tomorrow.",
        }
    }
}

/// The addresses of a text: one in each line, or divided by commas, semicolons or blanks; each once, at most
/// [`AT_ONCE`]. What is no address stays as it was typed, so that it can be said to be none.
pub fn addresses(text: &str) -> Vec<Result<Email, String>> {
    let mut seen = Vec::new();
    let parts = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    for part in parts.filter(|part| !part.is_empty()) {
        // As copied from a mail program: Ada Moreau <ada@smartai.example>.
        let bare = part.trim_start_matches('<').trim_end_matches('>');
        let address = Email::parse(bare).map_err(|_| part.chars().take(254).collect::<String>());
        if !seen.contains(&address) {
            seen.push(address);
        }
    }
    seen.truncate(AT_ONCE);
    seen
}

/// The words for a stored role of a workspace or an organization.
pub fn role_words<R: Rank>(word: &str) -> Option<&'static str> {
    R::read(word).map(R::words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_divided_each_once_and_bad_ones_kept() {
        let found = addresses("a@x.example, A@x.example;b@x.example\n<c@x.example>  nonsense");
        let texts: Vec<_> = found.iter().map(|a| a.as_ref().map_or_else(Clone::clone, ToString::to_string)).collect();
        assert_eq!(texts, ["a@x.example", "b@x.example", "c@x.example", "nonsense"]);
        assert!(found[3].is_err());
        assert_eq!(addresses(&"x@y.example ".repeat(100)).len(), 1);
    }
}
