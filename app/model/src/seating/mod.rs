//! Who may give, change and take away a seat: the rules, the same for workspaces and organizations
//! (docs/SECURITY.md, I-11).
//!
//! - Seats are managed by owners and admins.
//! - Nobody touches a seat above their own role, and nobody gives one above it: only an owner makes an owner.
//! - Whoever has a direct seat may leave it, whatever their role.
//! - There is always an owner. The last one names a successor in the same step, or stays.
//!
//! The database holds the last of these by itself; `store` asks [`check`] for the others, with what it has just read
//! under lock. The browser asks it, too, to offer only what would go through.

mod roster;

pub use roster::{Roster, Step};

use crate::role::{OrganizationRole, WorkspaceRole};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The kind of place that a role belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A workspace.
    Workspace,
    /// An organization.
    Organization,
}

/// A role that can be held, given and taken away: a workspace's or an organization's.
pub trait Rank: Copy + Ord + std::fmt::Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The strongest.
    const OWNER: Self;
    /// The kind of place.
    const PLACE: Place;
    /// All of them, strongest first.
    const RANKS: &'static [Self];

    /// Whether it manages the seats of others.
    fn manages(self) -> bool;
    /// The word stored and sent.
    fn word(self) -> &'static str;
    /// The words a person reads.
    fn words(self) -> &'static str;

    /// Reads a stored word.
    fn read(word: &str) -> Option<Self> {
        Self::RANKS.iter().copied().find(|rank| rank.word() == word)
    }
}

impl Rank for WorkspaceRole {
    const OWNER: Self = Self::Owner;
    const PLACE: Place = Place::Workspace;
    const RANKS: &'static [Self] = Self::ALL;

    fn manages(self) -> bool {
        self.capabilities().has(crate::Capability::ManageMembers)
    }

    fn word(self) -> &'static str {
        self.as_str()
    }

    fn words(self) -> &'static str {
        self.label()
    }
}

impl Rank for OrganizationRole {
    const OWNER: Self = Self::Owner;
    const PLACE: Place = Place::Organization;
    const RANKS: &'static [Self] = Self::ALL;

    fn manages(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }

    fn word(self) -> &'static str {
        self.as_str()
    }

    fn words(self) -> &'static str {
        self.label()
    }
}

/// Why a change to a seat is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// Only owners and admins change seats.
    NotAllowed,
    /// The seat, or what it is to become, is above one's own role.
    AboveYou,
    /// It is the last owner's.
    LastOwner,
    /// There is no such seat here: none at all, or one that is inherited and managed in the organization.
    NoSeat,
    /// Somebody else has changed it meanwhile.
    Changed,
    /// The successor has no seat here.
    NoSuccessor,
}

impl Refused {
    /// What happened and what to do, for a person.
    pub const fn message(self) -> &'static str {
        match self {
            Self::NotAllowed => "Only owners and admins can change seats. Ask one of them.",
            Self::AboveYou => "That role is above your own. Ask an owner.",
            Self::LastOwner => "There must always be an owner. Make somebody else an owner first.",
            Self::NoSeat => {
                "That person has no direct seat here. A seat through the organization is changed in the organization."
            }
            Self::Changed => "Somebody else has just changed that seat. Look again.",
            Self::NoSuccessor => "The new owner must have a seat here already.",
        }
    }
}

/// Whose seat is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// One's own.
    Mine,
    /// Somebody else's.
    Another,
}

/// Whether somebody whose role is `by` may change a direct seat `from` one role `to` another; `None` is no seat.
/// `has_other_owner` says whether an owner would be left, direct or inherited.
///
/// # Errors
/// The first rule that is broken.
pub fn check<R: Rank>(
    by: R,
    whose: Whose,
    from: Option<R>,
    to: Option<R>,
    has_other_owner: bool,
) -> Result<(), Refused> {
    let leaves = whose == Whose::Mine && to.is_none();
    if from.is_none() && to.is_none() {
        return Err(Refused::NoSeat);
    }
    if !leaves && !by.manages() {
        return Err(Refused::NotAllowed);
    }
    if !leaves && (from > Some(by) || to > Some(by)) {
        return Err(Refused::AboveYou);
    }
    if from == Some(R::OWNER) && to != Some(R::OWNER) && !has_other_owner {
        return Err(Refused::LastOwner);
    }
    Ok(())
}

/// The roles that somebody whose role is `by` may give, strongest first.
pub fn grantable<R: Rank>(by: R) -> Vec<R> {
    R::RANKS.iter().copied().filter(|to| check(by, Whose::Another, None, Some(*to), true).is_ok()).collect()
}

#[cfg(test)]
mod tests;
