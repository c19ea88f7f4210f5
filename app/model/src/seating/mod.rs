//! Rules for granting, changing and revoking seats, shared by workspaces and organizations (docs/SECURITY.md, I-11).
//!
//! - Owners and admins manage seats.
//! - Nobody can change a seat above their own role or grant a role above it. Only an owner can make another user an
//!   owner.
//! - A user with a direct seat can leave, whatever their role.
//! - There is always at least one owner. The last owner must name a successor in the same step, or can't leave.
//!
//! The database enforces the last rule itself. For the others, `store` calls [`check`] with the rows that it has just
//! read under lock. The browser calls it to offer only the actions that would succeed.

mod roster;

pub use roster::{Roster, Step};

use crate::role::{OrganizationRole, WorkspaceRole};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Scope of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatScope {
    /// A workspace.
    Workspace,
    /// An organization.
    Organization,
}

/// A role that can be held, granted and revoked, in a workspace or in an organization.
pub trait Rank: Copy + Ord + std::fmt::Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The strongest role.
    const OWNER: Self;
    /// Scope of the role.
    const SCOPE: SeatScope;
    /// All roles, strongest first.
    const RANKS: &'static [Self];

    /// Returns `true` if the role can manage the seats of other users.
    fn manages(self) -> bool;
    /// Returns the name used in the database and in JSON.
    fn word(self) -> &'static str;
    /// Returns the display name.
    fn words(self) -> &'static str;

    /// Parses a stored name. Returns `None` if it is unknown.
    fn read(word: &str) -> Option<Self> {
        Self::RANKS.iter().copied().find(|rank| rank.word() == word)
    }
}

impl Rank for WorkspaceRole {
    const OWNER: Self = Self::Owner;
    const SCOPE: SeatScope = SeatScope::Workspace;
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
    const SCOPE: SeatScope = SeatScope::Organization;
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

/// Reason why a change to a seat is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// The user is neither an owner nor an admin.
    NotAllowed,
    /// The current or the requested role is above the user's own role.
    AboveYou,
    /// The seat belongs to the last owner.
    LastOwner,
    /// There is no direct seat: the user has none, or it is inherited and managed in the organization.
    NoSeat,
    /// The seat was changed by another user in the meantime.
    Changed,
    /// The successor has no seat in the workspace or organization.
    NoSuccessor,
}

impl Refused {
    /// Returns the error message shown to the user.
    pub const fn message(self) -> &'static str {
        match self {
            Self::NotAllowed => "Only owners and admins can change access. Contact one of them.",
            Self::AboveYou => "That role is above your own. Contact an owner.",
            Self::LastOwner => "There must always be an owner. Make someone else an owner first.",
            Self::NoSeat => {
                "That person has no direct access here. Change access through the organization in the organization."
            }
            Self::Changed => "Someone else just changed that person’s access. Check it and try again.",
            Self::NoSuccessor => "The new owner must already have access here.",
        }
    }
}

/// Owner of the seat that is changed, relative to the acting user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatOwner {
    /// The acting user's own seat.
    Actor,
    /// Another user's seat.
    Other,
}

/// Checks if a user with the role `by` may change a direct seat from the role `from` to the role `to`. `None` means no
/// seat. `has_other_owner` is `true` if another owner would remain, direct or inherited.
///
/// # Errors
/// [`Refused`] with the first rule that is violated.
pub fn check<R: Rank>(
    by: R,
    owner: SeatOwner,
    from: Option<R>,
    to: Option<R>,
    has_other_owner: bool,
) -> Result<(), Refused> {
    let leaves = owner == SeatOwner::Actor && to.is_none();
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

/// Returns the roles that a user with the role `by` may grant, strongest first.
pub fn grantable<R: Rank>(by: R) -> Vec<R> {
    R::RANKS.iter().copied().filter(|to| check(by, SeatOwner::Other, None, Some(*to), true).is_ok()).collect()
}

#[cfg(test)]
mod tests;
