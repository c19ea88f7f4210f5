//! Members of a workspace or an organization, as listed on the members page, and the actions of that page.

use crate::{
    FieldErrors,
    domain::Domain,
    id::{InviteId, OrganizationId, RequestId, UserId, WorkspaceId},
    invite::{Invite, InviteResult, SentInvite},
    moment::Moment,
    picture::PictureName,
    role::WorkspaceRole,
    seating::Rank,
    slug::Slug,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use time::OffsetDateTime;

/// A member of a workspace or an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "R: Rank")]
pub struct Member<R> {
    /// User ID.
    pub id: UserId,
    /// Display name.
    pub name: String,
    /// Email address.
    pub email: String,
    /// Profile picture, if the user uploaded one.
    pub portrait: Option<PictureName>,
    /// Role that can be changed here. `None` for a workspace seat that is only inherited.
    pub role: Option<R>,
    /// Description of the role and its source: "Admin, through SmartAI".
    pub seat: String,
    /// Time at which the user joined.
    pub since: Moment,
}

/// A user's request for access to a workspace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessRequest {
    /// Request ID.
    pub id: RequestId,
    /// Name of the user.
    pub name: String,
    /// Email address of the user.
    pub email: String,
    /// Time of the request.
    pub since: Moment,
}

/// Data of a members page. Lists that the current user may not see are empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "R: Rank")]
pub struct Members<R> {
    /// ID of the current user.
    pub me: UserId,
    /// Role of the current user.
    pub role: R,
    /// Name of the workspace or organization.
    pub place: String,
    /// Number of invites that can still be sent today.
    pub invites_left: u32,
    /// Members, strongest role first. Guests see only themselves.
    pub members: Vec<Member<R>>,
    /// Open invites, newest first.
    pub invites: Vec<SentInvite>,
    /// Open access requests, oldest first. Empty for organizations.
    pub requests: Vec<AccessRequest>,
    /// Auto-join domains. Empty for organizations.
    pub joins: Vec<AutoJoin>,
    /// Members who own API keys. Empty for organizations.
    pub key_owners: Vec<UserId>,
    /// Members who can own the API keys of a person who is removed. Empty for organizations.
    pub heirs: Vec<UserId>,
}

/// An email domain whose users may join a workspace without an invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoJoin {
    /// The domain.
    pub domain: Domain,
    /// Role of users who join.
    pub role: WorkspaceRole,
}

/// Roles that auto-join can grant: never above Member.
pub const JOIN_ROLES: [WorkspaceRole; 3] = [WorkspaceRole::Member, WorkspaceRole::Viewer, WorkspaceRole::Guest];

/// Pending notifications on the workspace picker.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Notices {
    /// Open invites to the user's verified email address.
    pub invites: Vec<Invite>,
    /// Workspaces that the user's email domain allows them to join.
    pub joins: Vec<JoinOffer>,
    /// Open access requests in workspaces whose members the user manages.
    pub requests: Vec<WaitingRequests>,
}

impl Notices {
    /// Returns `true` if there are no notifications.
    pub const fn is_empty(&self) -> bool {
        self.invites.is_empty() && self.joins.is_empty() && self.requests.is_empty()
    }
}

/// A workspace that the user's email domain allows them to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinOffer {
    /// Workspace ID.
    pub id: WorkspaceId,
    /// Workspace name.
    pub name: String,
    /// Name of its organization.
    pub organization: String,
    /// Role of users who join.
    pub role: WorkspaceRole,
}

/// Number of open access requests of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingRequests {
    /// URL slug of the workspace.
    pub slug: Slug,
    /// Workspace name.
    pub name: String,
    /// Number of open requests.
    pub count: u32,
}

/// A workspace in the list of its organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrganizationWorkspace {
    /// Workspace ID.
    pub id: WorkspaceId,
    /// URL slug.
    pub slug: Slug,
    /// Workspace name.
    pub name: String,
    /// Number of users with a seat, including inherited seats.
    pub seats: u32,
    /// Creation time.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: OffsetDateTime,
    /// Auto-join domains of the workspace.
    pub joins: Vec<AutoJoin>,
}

/// Organization details shown in the page header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationProfile {
    /// Organization ID.
    pub id: OrganizationId,
    /// Organization name.
    pub name: String,
}

/// An action on a members page, submitted by a form or a script. Users are identified by ID; the server checks that
/// they exist and that the action is allowed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", bound = "R: Rank")]
pub enum MemberAction<R> {
    /// Invites email addresses.
    Invite {
        /// The list of addresses as entered.
        emails: String,
        /// Offered role.
        role: R,
    },
    /// Sends the email of an invite again.
    Resend(InviteId),
    /// Revokes an invite.
    Revoke(InviteId),
    /// Changes the role of users.
    SetRole {
        /// IDs of the users.
        people: Vec<UserId>,
        /// New role.
        role: R,
    },
    /// Revokes the seats of users.
    Remove {
        /// IDs of the users.
        people: Vec<UserId>,
        /// Treatment of the API keys that they own.
        heir: Heir,
    },
    /// Gives up the current user's own seat, after making the successor an owner, if one is given.
    Leave(Option<UserId>),
    /// Makes another user an owner, and the current user an admin.
    Transfer(UserId),
    /// Approves an access request and grants a role.
    Approve(RequestId, R),
    /// Declines an access request.
    Refuse(RequestId),
    /// Lets users of an email domain join a workspace. Both fields contain unvalidated form values.
    SetJoin {
        /// Domain as entered.
        domain: String,
        /// Role of users who join, as submitted.
        role: String,
    },
    /// Disables auto-join for a domain.
    StopJoin {
        /// Domain as submitted.
        domain: String,
        /// ID of the workspace, if the page does not belong to one.
        workspace: Option<WorkspaceId>,
    },
}

/// Treatment of the API keys of users who are removed from a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heir {
    /// Leaves them. A key is not accepted while its owner has no seat.
    #[default]
    Nobody,
    /// Revokes them.
    Revoke,
    /// Makes this user their owner.
    Person(UserId),
}

/// Result of an action.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ActionOutcome {
    /// Message shown to the user. Empty if `results` already contains the outcome.
    pub said: String,
    /// Results by email address.
    pub results: Vec<InviteResult>,
    /// `true` if the user has left and can no longer see the page.
    pub left: bool,
}

impl<R: Rank> MemberAction<R> {
    /// Removes repeated users and keeps the order of their first occurrence.
    #[must_use]
    pub fn distinct(self) -> Self {
        match self {
            Self::SetRole { people, role } => Self::SetRole { people: distinct(people), role },
            Self::Remove { people, heir } => Self::Remove { people: distinct(people), heir },
            other => other,
        }
    }

    /// Parses an action from form fields.
    ///
    /// # Errors
    /// [`FieldErrors`] with the first invalid field, or with the field `action` if the action is unknown.
    pub fn read(pairs: &[(String, String)]) -> Result<Self, FieldErrors> {
        let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
        let wrong = |field: &str, message: &str| FieldErrors::one(field, message);
        let role = || R::read(value("role")).ok_or_else(|| wrong("role", "Choose a role from the list."));
        let people = || -> Result<Vec<UserId>, FieldErrors> {
            let found = pairs.iter().filter(|(n, _)| n == "person").map(|(_, v)| v.parse());
            let found: Vec<UserId> =
                found.collect::<Result<_, _>>().map_err(|_| wrong("person", "Select people from the list."))?;
            if found.is_empty() { Err(wrong("person", "Select at least one person.")) } else { Ok(found) }
        };
        let one = || people().map(|people| people[0]);
        let invite = || value("invite").parse().map_err(|_| wrong("invite", "Choose an invite from the list."));
        let request = || value("request").parse().map_err(|_| wrong("request", "Choose a request from the list."));
        Ok(match value("action") {
            "invite" => Self::Invite { emails: value("emails").to_owned(), role: role()? },
            "resend" => Self::Resend(invite()?),
            "revoke" => Self::Revoke(invite()?),
            "set_role" => Self::SetRole { people: people()?, role: role()? },
            "remove" => Self::Remove {
                people: people()?,
                heir: match value("heir") {
                    "" => Heir::Nobody,
                    "revoke" => Heir::Revoke,
                    id => Heir::Person(id.parse().map_err(|_| wrong("heir", "Choose who takes over the API keys."))?),
                },
            },
            "leave" => Self::Leave(match value("successor") {
                "" => None,
                id => Some(id.parse().map_err(|_| wrong("successor", "Choose the new owner from the list."))?),
            }),
            "transfer" => Self::Transfer(one()?),
            "approve" => Self::Approve(request()?, role()?),
            "refuse" => Self::Refuse(request()?),
            "set_join" => Self::SetJoin { domain: value("domain").to_owned(), role: value("role").to_owned() },
            "stop_join" => {
                Self::StopJoin { domain: value("domain").to_owned(), workspace: value("workspace").parse().ok() }
            }
            _ => return Err(wrong("action", "That action isn’t available here.")),
        })
    }
}

fn distinct(people: Vec<UserId>) -> Vec<UserId> {
    let mut seen = HashSet::new();
    people.into_iter().filter(|person| seen.insert(*person)).collect()
}

#[cfg(test)]
mod tests {
    //! Tests against lists that are processed once per repetition of the same entry.
    use super::*;

    #[test]
    fn distinct_removes_repeated_users() {
        let person = |n: u128| UserId::from_uuid(uuid::Uuid::from_u128(n));
        let (ada, mia) = (person(1), person(2));
        let often: Vec<UserId> = std::iter::repeat_n(ada, 100).chain([mia, ada]).collect();
        assert_eq!(
            MemberAction::<WorkspaceRole>::Remove { people: often.clone(), heir: Heir::Revoke }.distinct(),
            MemberAction::Remove { people: vec![ada, mia], heir: Heir::Revoke }
        );
        let set = MemberAction::SetRole { people: often, role: WorkspaceRole::Viewer };
        assert_eq!(set.distinct(), MemberAction::SetRole { people: vec![ada, mia], role: WorkspaceRole::Viewer });
        let leave = MemberAction::<WorkspaceRole>::Leave(Some(mia));
        assert_eq!(leave.clone().distinct(), leave);
    }
}
