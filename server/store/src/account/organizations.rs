//! Organizations: creation, members, workspaces.

use super::invites::{self, Place};
pub use super::invites::{Links, Resent, Sending};
use crate::{
    audit,
    door::{OrganizationTx, PersonTx},
    error::StoreError,
};
use model::{
    Email, OrganizationRole, Slug, WorkspaceRole,
    audit::{Action, Detail},
    domain::Domain,
    id::{InviteId, OrganizationId, UserId, WorkspaceId},
    invite::{SentInvite, role_words},
    members::{AutoJoin, OrganizationProfile, OrganizationWorkspace},
    picture::PictureName,
    seating::{Refused, Whose, check},
};
use sqlx::types::Uuid;
use time::OffsetDateTime;

/// Creates an organization owned by the person of this transaction.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
pub async fn found(tx: &mut PersonTx, name: &str) -> Result<OrganizationId, StoreError> {
    let id = Uuid::now_v7();
    sqlx::query!("select door.found_organization($1, $2)", id, name).execute(tx.connection()).await?;
    Ok(OrganizationId::from_uuid(id))
}

/// Creates an organization owned by the person of this transaction, together with its first workspace.
///
/// # Errors
/// [`StoreError::Refused`] if the slug is or ever was taken; see [`is_slug_taken`].
pub async fn found_with_workspace(
    tx: &mut PersonTx,
    name: &str,
    slug: &Slug,
    workspace: &str,
) -> Result<(OrganizationId, WorkspaceId), StoreError> {
    let organization = found(tx, name).await?;
    // The founder gets access to manage it within this transaction.
    sqlx::query!("select set_config('stile.organization_id', $1, true)", organization.to_string())
        .fetch_one(tx.connection())
        .await?;
    let id = Uuid::now_v7();
    sqlx::query!(
        "insert into account.workspaces (organization_id, id, slug, name) values ($1, $2, $3, $4)",
        organization.uuid(),
        id,
        slug.as_str(),
        workspace,
    )
    .execute(tx.connection())
    .await?;
    let me = tx.live().person.clone();
    for (action, target, name) in
        [(Action::OrganizationFounded, organization.uuid(), name), (Action::WorkspaceCreated, id, workspace)]
    {
        let detail = audit::json(&Detail::none().with("name", name))?;
        sqlx::query!(
            "insert into account.organization_audit_log (organization_id, id, user_id, actor, action, target, detail)
            values ($1, $2, $3, $4, $5, $6, $7::text::jsonb)",
            organization.uuid(),
            Uuid::now_v7(),
            me.id.uuid(),
            me.name,
            action.as_str(),
            target,
            detail,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok((organization, WorkspaceId::from_uuid(id)))
}

/// Returns `true` if a write was rejected because another workspace has or had the slug.
pub fn is_slug_taken(error: &StoreError) -> bool {
    error.is_refused_by("workspaces_slug_key") || error.is_refused_by("slugs_pkey")
}

/// Adds a member, or changes a member's role.
///
/// # Errors
/// [`StoreError::Seating`] if a rule rejects the change.
pub async fn set_member(tx: &mut OrganizationTx, user: UserId, role: OrganizationRole) -> Result<(), StoreError> {
    change(tx, user, Some(role)).await
}

/// Creates workspaces in one statement.
///
/// # Errors
/// [`StoreError::Refused`] if a slug is or ever was taken.
pub async fn create_workspaces(
    tx: &mut OrganizationTx,
    workspaces: &[(Slug, String)],
) -> Result<Vec<WorkspaceId>, StoreError> {
    let ids: Vec<Uuid> = workspaces.iter().map(|_| Uuid::now_v7()).collect();
    let slugs: Vec<String> = workspaces.iter().map(|(slug, _)| slug.to_string()).collect();
    let names: Vec<String> = workspaces.iter().map(|(_, name)| name.clone()).collect();
    let organization = tx.organization.uuid();
    sqlx::query!(
        "insert into account.workspaces (organization_id, id, slug, name)
        select $1, * from unnest($2::uuid[], $3::text[], $4::text[])",
        organization,
        &ids,
        &slugs,
        &names,
    )
    .execute(tx.connection())
    .await?;
    Ok(ids.into_iter().map(WorkspaceId::from_uuid).collect())
}

/// Member of an organization.
#[derive(Debug, Clone)]
pub struct Enrolled {
    /// Id of the person.
    pub id: UserId,
    /// Name of the person.
    pub name: String,
    /// Email address of the person.
    pub email: String,
    /// Portrait of the person.
    pub portrait: Option<PictureName>,
    /// Role in the organization.
    pub role: OrganizationRole,
    /// Time since when they have been a member.
    pub since: OffsetDateTime,
}

/// Returns the organization's id and name.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
pub async fn profile(tx: &mut OrganizationTx) -> Result<OrganizationProfile, StoreError> {
    let id = tx.organization;
    let name = sqlx::query_scalar!("select name from account.organizations where id = $1", id.uuid())
        .fetch_one(tx.connection())
        .await?;
    Ok(OrganizationProfile { id, name })
}

/// Returns all members of the organization, strongest role first.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
pub async fn people(tx: &mut OrganizationTx) -> Result<Vec<Enrolled>, StoreError> {
    let rows = sqlx::query!(
        r#"select user_id as "user_id!", name as "name!", email as "email!", role as "role!", since as "since!", portrait
        from door.organization_people()"#
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let role = OrganizationRole::from_word(&row.role)?;
            let id = UserId::from_uuid(row.user_id);
            let portrait = row.portrait.as_deref().and_then(|name| PictureName::parse(name).ok());
            Some(Enrolled { id, name: row.name, email: row.email, portrait, role, since: row.since })
        })
        .collect())
}

/// Changes the role of a member of the organization. Returns their name.
///
/// # Errors
/// [`StoreError::Seating`] if a rule rejects the change.
pub async fn set_role(tx: &mut OrganizationTx, user: UserId, role: OrganizationRole) -> Result<String, StoreError> {
    let name = name_of(tx, user).await?.ok_or(Refused::NoSeat)?;
    change(tx, user, Some(role)).await?;
    Ok(name)
}

async fn name_of(tx: &mut OrganizationTx, user: UserId) -> Result<Option<String>, StoreError> {
    Ok(people(tx).await?.into_iter().find(|enrolled| enrolled.id == user).map(|enrolled| enrolled.name))
}

/// Removes a member from the organization, and every seat inherited from their role. Returns their name.
///
/// # Errors
/// [`StoreError::Seating`] if a rule rejects the change.
pub async fn remove(tx: &mut OrganizationTx, user: UserId) -> Result<String, StoreError> {
    let name = name_of(tx, user).await?.unwrap_or_default();
    change(tx, user, None).await?;
    Ok(name)
}

/// Removes the current person from the organization. With a successor, first makes them an owner.
///
/// # Errors
/// [`StoreError::Seating`] if the organization would have no owner left, or the successor is not a member.
pub async fn leave(tx: &mut OrganizationTx, successor: Option<UserId>) -> Result<(), StoreError> {
    if let Some(successor) = successor {
        succeed(tx, successor).await?;
    }
    change(tx, tx.user, None).await
}

/// Makes a member of the organization an owner, and the current person an admin. Returns the new owner's name.
///
/// # Errors
/// [`StoreError::Seating`] if the current person is not an owner, or `to` is not another member.
pub async fn transfer(tx: &mut OrganizationTx, to: UserId) -> Result<String, StoreError> {
    if tx.role != OrganizationRole::Owner {
        return Err(Refused::NotAllowed.into());
    }
    let name = name_of(tx, to).await?.unwrap_or_default();
    succeed(tx, to).await?;
    change(tx, tx.user, Some(OrganizationRole::Admin)).await?;
    audit::note(tx, Action::OwnershipTransferred, to.uuid(), &Detail::none().with("person", &name)).await?;
    Ok(name)
}

async fn succeed(tx: &mut OrganizationTx, successor: UserId) -> Result<(), StoreError> {
    if successor == tx.user || !people(tx).await?.iter().any(|enrolled| enrolled.id == successor) {
        return Err(Refused::NoSuccessor.into());
    }
    change(tx, successor, Some(OrganizationRole::Owner)).await
}

async fn change(tx: &mut OrganizationTx, user: UserId, to: Option<OrganizationRole>) -> Result<(), StoreError> {
    let (organization, me, by) = (tx.organization.uuid(), tx.user, tx.role);
    let people = people(tx).await?;
    let from = people.iter().find(|enrolled| enrolled.id == user).map(|enrolled| enrolled.role);
    let has_other_owner = people.iter().any(|p| p.id != user && p.role == OrganizationRole::Owner);
    check(by, if user == me { Whose::Mine } else { Whose::Another }, from, to, has_other_owner)?;
    if to.is_some() && from == to {
        return Ok(());
    }
    let changed = match (from, to) {
        (None, Some(role)) => {
            sqlx::query!(
                "insert into account.organization_members (organization_id, user_id, role) values ($1, $2, $3) on conflict do nothing",
                organization,
                user.uuid(),
                role.as_str(),
            )
            .execute(tx.connection())
            .await?
        }
        (Some(from), Some(role)) => {
            sqlx::query!(
                "update account.organization_members set role = $4 where organization_id = $1 and user_id = $2 and role = $3",
                organization,
                user.uuid(),
                from.as_str(),
                role.as_str(),
            )
            .execute(tx.connection())
            .await?
        }
        (from, None) => {
            let from = from.map(OrganizationRole::as_str);
            sqlx::query!(
                "delete from account.organization_members where organization_id = $1 and user_id = $2 and role = $3",
                organization,
                user.uuid(),
                from,
            )
            .execute(tx.connection())
            .await?
        }
    };
    if changed.rows_affected() == 0 {
        return Err(Refused::Changed.into());
    }
    let action = match (from, to) {
        (None, _) => Action::MemberAdded,
        (_, Some(_)) => Action::MemberRoleChanged,
        (_, None) if user == me => Action::MemberLeft,
        (_, None) => Action::MemberRemoved,
    };
    let word = |role: Option<OrganizationRole>| role.map_or("", OrganizationRole::as_str);
    let name = match people.into_iter().find(|enrolled| enrolled.id == user) {
        // Read again, because a person who was just added is listed only after the change.
        None => self::people(tx).await?.into_iter().find(|enrolled| enrolled.id == user).map(|enrolled| enrolled.name),
        enrolled => enrolled.map(|enrolled| enrolled.name),
    };
    let detail = name.map_or_else(Detail::none, |name| Detail::none().with("person", name));
    audit::note(tx, action, user.uuid(), &detail.change("role", word(from), word(to))).await
}

fn place(tx: &OrganizationTx) -> Place {
    Place { organization: tx.organization, workspace: None }
}

/// Returns the unanswered invites, newest first.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
pub async fn open_invites(tx: &mut OrganizationTx) -> Result<Vec<SentInvite>, StoreError> {
    let place = place(tx);
    invites::open(tx.connection(), place, role_words::<OrganizationRole>).await
}

/// Returns how many more mails the person and the organization may send today.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
pub async fn mail_allowance(tx: &mut OrganizationTx) -> Result<crate::mail::Allowance, StoreError> {
    crate::mail::allowance(tx.connection()).await
}

/// Invites an email address to the organization. If the result is [`Sending::Sent`], the caller must queue the mail in
/// the same transaction.
///
/// # Errors
/// [`StoreError::Seating`] if the role is above the current person's own.
pub async fn send_invite(
    tx: &mut OrganizationTx,
    email: &Email,
    role: OrganizationRole,
    links: &Links,
) -> Result<Sending, StoreError> {
    check(tx.role, Whose::Another, None, Some(role), true)?;
    if people(tx).await?.iter().any(|enrolled| enrolled.email == email.as_str()) {
        return Ok(Sending::Seated);
    }
    let (place, by) = (place(tx), tx.user);
    let sending = invites::send(tx.connection(), place, by, email, role.as_str(), links).await?;
    if let Sending::Sent(id) = sending {
        let detail = Detail::none().with("email", email).with("role", role.as_str());
        audit::note(tx, Action::InviteSent, id.uuid(), &detail).await?;
    }
    Ok(sending)
}

/// Sends an invite's mail again. Returns `None` if there is no open invite with that id.
///
/// # Errors
/// [`StoreError::Seating`] if the invite's role is above the current person's own.
pub async fn resend_invite(
    tx: &mut OrganizationTx,
    id: InviteId,
    links: &Links,
) -> Result<Option<(Sending, Resent)>, StoreError> {
    let place = place(tx);
    let found = invites::resend(tx.connection(), place, id, links).await?;
    if let Some((sending, resent)) = &found {
        let role = OrganizationRole::from_word(&resent.role).ok_or(Refused::AboveYou)?;
        check(tx.role, Whose::Another, None, Some(role), true)?;
        if matches!(sending, Sending::Sent(_)) {
            audit::note(tx, Action::InviteResent, id.uuid(), &Detail::none().with("email", &resent.email)).await?;
        }
    }
    Ok(found)
}

/// Revokes an open invite and returns its email address; `None` if there is no open invite with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
pub async fn revoke_invite(tx: &mut OrganizationTx, id: InviteId) -> Result<Option<String>, StoreError> {
    let place = place(tx);
    let revoked = invites::revoke(tx.connection(), place, id).await?;
    if let Some(email) = &revoked {
        audit::note(tx, Action::InviteRevoked, id.uuid(), &Detail::none().with("email", email)).await?;
    }
    Ok(revoked)
}

/// Returns the organization's workspaces, sorted by name, with the domains that may join each.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
pub async fn workspaces(tx: &mut OrganizationTx) -> Result<Vec<OrganizationWorkspace>, StoreError> {
    let organization = tx.organization.uuid();
    let rows = sqlx::query!(
        r#"select w.id, w.slug, w.name, w.created_at, coalesce(c.seats, 0) as "seats!"
        from account.workspaces w left join door.seat_counts() c on c.workspace_id = w.id
        where w.organization_id = $1 and w.deleted_at is null order by w.name, w.id"#,
        organization
    )
    .fetch_all(tx.connection())
    .await?;
    let joins = sqlx::query!(
        "select workspace_id, domain, role from account.auto_joins where organization_id = $1 order by domain",
        organization
    )
    .fetch_all(tx.connection())
    .await?;
    rows.into_iter()
        .map(|row| {
            let of_it = joins.iter().filter(|join| join.workspace_id == row.id);
            Ok(OrganizationWorkspace {
                id: WorkspaceId::from_uuid(row.id),
                slug: Slug::parse(&row.slug)
                    .map_err(|e| StoreError::Inconsistent(format!("slug {:?}: {e}", row.slug)))?,
                name: row.name,
                seats: u32::try_from(row.seats).unwrap_or(u32::MAX),
                created_at: row.created_at,
                joins: of_it
                    .filter_map(|join| {
                        let role = WorkspaceRole::from_word(&join.role)?;
                        Some(AutoJoin { domain: Domain::parse(&join.domain).ok()?, role })
                    })
                    .collect(),
            })
        })
        .collect()
}

/// Disables automatic joining of a workspace by a domain. Returns `false` if it was not enabled.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
pub async fn stop_auto_join(
    tx: &mut OrganizationTx,
    workspace: WorkspaceId,
    domain: &Domain,
) -> Result<bool, StoreError> {
    let organization = tx.organization.uuid();
    let stopped = sqlx::query!(
        "delete from account.auto_joins where organization_id = $1 and workspace_id = $2 and domain = $3",
        organization,
        workspace.uuid(),
        domain.as_str(),
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    if stopped == 1 {
        let detail = Detail::none().change("domain", domain, "");
        audit::note(tx, Action::DomainRemoved, workspace.uuid(), &detail).await?;
    }
    Ok(stopped == 1)
}

/// Returns the organization's name and the role of the person of this transaction; `None` if they have no role, or the
/// organization does not exist.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
pub async fn mine(
    tx: &mut PersonTx,
    organization: OrganizationId,
) -> Result<Option<(OrganizationProfile, OrganizationRole)>, StoreError> {
    let row =
        sqlx::query!(r#"select name as "name!", role as "role!" from door.my_organization($1)"#, organization.uuid())
            .fetch_optional(tx.connection())
            .await?;
    Ok(row.and_then(|row| {
        let role = OrganizationRole::from_word(&row.role)?;
        Some((OrganizationProfile { id: organization, name: row.name }, role))
    }))
}

/// Leaves an organization that the person does not manage. Returns `false` if they are not a member.
///
/// # Errors
/// [`StoreError::Seating`], at commit, if the person is the last owner.
pub async fn quit(tx: &mut PersonTx, organization: OrganizationId) -> Result<bool, StoreError> {
    let left = sqlx::query_scalar!(r#"select door.leave_organization($1) as "left!""#, organization.uuid())
        .fetch_one(tx.connection())
        .await?;
    if left {
        audit::note(tx, Action::MemberLeft, organization.uuid(), &Detail::none()).await?;
    }
    Ok(left)
}
