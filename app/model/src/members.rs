//! The members of a workspace or an organization, as a page shows them, and what can be done there.

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

/// One member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "R: Rank")]
pub struct Member<R> {
    /// Who it is.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their portrait.
    pub portrait: Option<PictureName>,
    /// The role that can be changed here; `None` for a workspace seat that is inherited only.
    pub role: Option<R>,
    /// The role and where it comes from, in words: "Admin, through SmartAI".
    pub seat: String,
    /// Since when.
    pub since: Moment,
}

/// Somebody who asks for a seat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessRequest {
    /// The request.
    pub id: RequestId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Since when.
    pub since: Moment,
}

/// All that a members page shows. What the person may not see is empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "R: Rank")]
pub struct Members<R> {
    /// Who looks.
    pub me: UserId,
    /// As what.
    pub role: R,
    /// The name of the workspace or organization.
    pub place: String,
    /// How many more invites may be sent today.
    pub invites_left: u32,
    /// The members, strongest first. For a guest only themselves.
    pub members: Vec<Member<R>>,
    /// Open invites, newest first.
    pub invites: Vec<SentInvite>,
    /// Open requests, oldest first; of a workspace only.
    pub requests: Vec<AccessRequest>,
    /// The domains whose people may join; of a workspace only.
    pub joins: Vec<AutoJoin>,
}

/// A domain whose people may join a workspace by themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoJoin {
    /// The domain.
    pub domain: Domain,
    /// As what they join.
    pub role: WorkspaceRole,
}

/// The roles that can be joined at: never above Member.
pub const JOIN_ROLES: [WorkspaceRole; 3] = [WorkspaceRole::Member, WorkspaceRole::Viewer, WorkspaceRole::Guest];

/// What waits for a person on the picker.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Notices {
    /// Open invites to their verified address.
    pub invites: Vec<Invite>,
    /// Workspaces that their domain lets them join.
    pub joins: Vec<JoinOffer>,
    /// Open requests in workspaces whose members they manage.
    pub requests: Vec<WaitingRequests>,
}

impl Notices {
    /// Whether nothing waits.
    pub const fn is_empty(&self) -> bool {
        self.invites.is_empty() && self.joins.is_empty() && self.requests.is_empty()
    }
}

/// A workspace that a person's domain lets them join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinOffer {
    /// The workspace.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Its organization's name.
    pub organization: String,
    /// As what one joins.
    pub role: WorkspaceRole,
}

/// How many ask for a seat in a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingRequests {
    /// Its address.
    pub slug: Slug,
    /// Its name.
    pub name: String,
    /// How many.
    pub count: u32,
}

/// A workspace in its organization's list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrganizationWorkspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its address.
    pub slug: Slug,
    /// Its name.
    pub name: String,
    /// How many people have a seat in it, inherited ones included.
    pub seats: u32,
    /// Since when.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: OffsetDateTime,
    /// The domains whose people may join it.
    pub joins: Vec<AutoJoin>,
}

/// What the pages of an organization show in their head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationProfile {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
}

/// What is done on a members page: the same from its forms as from its script. People are named by id; whether they
/// are there, and whether it may be done, the server finds out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", bound = "R: Rank")]
pub enum Deed<R> {
    /// Invites addresses.
    Invite {
        /// As they were typed.
        emails: String,
        /// At which role.
        role: R,
    },
    /// Sends an invite's mail again.
    Resend(InviteId),
    /// Takes an invite back.
    Revoke(InviteId),
    /// Gives people another role.
    SetRole {
        /// Whom.
        people: Vec<UserId>,
        /// Which.
        role: R,
    },
    /// Takes people's seats away.
    Remove(Vec<UserId>),
    /// Gives up one's own seat, after making somebody an owner if they are named.
    Leave(Option<UserId>),
    /// Makes somebody an owner, and oneself an admin.
    Transfer(UserId),
    /// Gives who asks a seat.
    Approve(RequestId, R),
    /// Does not.
    Refuse(RequestId),
    /// Lets a domain's people join a workspace; the texts as they were typed and chosen.
    SetJoin {
        /// The domain.
        domain: String,
        /// As what they join.
        role: String,
    },
    /// Lets them join no more.
    StopJoin {
        /// The domain.
        domain: String,
        /// Which workspace, if the page is not one of it.
        workspace: Option<WorkspaceId>,
    },
}

/// What came of a deed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Done {
    /// What to say, a sentence; nothing when the results say it.
    pub said: String,
    /// What became of each address.
    pub results: Vec<InviteResult>,
    /// Whether the person can't see the page any more: they left.
    pub left: bool,
}

impl<R: Rank> Deed<R> {
    /// The same deed without repeated people, in the order of their first mention.
    #[must_use]
    pub fn distinct(self) -> Self {
        match self {
            Self::SetRole { people, role } => Self::SetRole { people: distinct(people), role },
            Self::Remove(people) => Self::Remove(distinct(people)),
            other => other,
        }
    }

    /// Reads a form.
    ///
    /// # Errors
    /// The field that can't stand as it was sent; `action` when it is nothing that is done here.
    pub fn read(pairs: &[(String, String)]) -> Result<Self, FieldErrors> {
        let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
        let wrong = |field: &str, message: &str| FieldErrors::one(field, message);
        let role = || R::read(value("role")).ok_or_else(|| wrong("role", "Choose a role from the list."));
        let people = || -> Result<Vec<UserId>, FieldErrors> {
            let found = pairs.iter().filter(|(n, _)| n == "person").map(|(_, v)| v.parse());
            let found: Vec<UserId> =
                found.collect::<Result<_, _>>().map_err(|_| wrong("person", "Choose people from the list."))?;
            if found.is_empty() { Err(wrong("person", "Choose somebody first.")) } else { Ok(found) }
        };
        let one = || people().map(|people| people[0]);
        let invite = || value("invite").parse().map_err(|_| wrong("invite", "Choose an invite from the list."));
        let request = || value("request").parse().map_err(|_| wrong("request", "Choose a request from the list."));
        Ok(match value("action") {
            "invite" => Self::Invite { emails: value("emails").to_owned(), role: role()? },
            "resend" => Self::Resend(invite()?),
            "revoke" => Self::Revoke(invite()?),
            "set_role" => Self::SetRole { people: people()?, role: role()? },
            "remove" => Self::Remove(people()?),
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
            _ => return Err(wrong("action", "There is no such thing to do here.")),
        })
    }
}

fn distinct(people: Vec<UserId>) -> Vec<UserId> {
    let mut seen = HashSet::new();
    people.into_iter().filter(|person| seen.insert(*person)).collect()
}

#[cfg(test)]
mod tests {
    //! Kind: a list that is worked through as often as somebody wrote the same thing into it.
    use super::*;

    #[test]
    fn whoever_is_named_often_is_meant_once() {
        let person = |n: u128| UserId::from_uuid(uuid::Uuid::from_u128(n));
        let (ada, mia) = (person(1), person(2));
        let often: Vec<UserId> = std::iter::repeat_n(ada, 100).chain([mia, ada]).collect();
        assert_eq!(Deed::<WorkspaceRole>::Remove(often.clone()).distinct(), Deed::Remove(vec![ada, mia]));
        let set = Deed::SetRole { people: often, role: WorkspaceRole::Viewer };
        assert_eq!(set.distinct(), Deed::SetRole { people: vec![ada, mia], role: WorkspaceRole::Viewer });
        let leave = Deed::<WorkspaceRole>::Leave(Some(mia));
        assert_eq!(leave.clone().distinct(), leave);
    }
}
