//! Members of an organization and their roles.

use crate::{
    audit,
    door::{OrganizationTx, PersonTx},
    error::StoreError,
};
use model::{
    OrganizationRole,
    audit::{Action, Detail},
    id::{OrganizationId, UserId},
    picture::PictureName,
    seating::{Refused, SeatOwner, check},
};
use time::OffsetDateTime;

/// Member of an organization.
#[derive(Debug, Clone)]
pub struct OrganizationMember {
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

/// Returns all members of the organization, strongest role first.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.organizations.people", skip_all)]
pub async fn people(tx: &mut OrganizationTx) -> Result<Vec<OrganizationMember>, StoreError> {
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
            Some(OrganizationMember { id, name: row.name, email: row.email, portrait, role, since: row.since })
        })
        .collect())
}

/// Adds a member, or changes a member's role.
///
/// # Errors
/// [`StoreError::Seating`] if a rule rejects the change.
#[tracing::instrument(level = "debug", name = "store.organizations.set_member", skip_all, fields(member_id = %user))]
pub async fn set_member(tx: &mut OrganizationTx, user: UserId, role: OrganizationRole) -> Result<(), StoreError> {
    change(tx, user, Some(role)).await
}

/// Changes the role of a member of the organization. Returns their name.
///
/// # Errors
/// [`StoreError::Seating`] if a rule rejects the change.
#[tracing::instrument(level = "debug", name = "store.organizations.set_role", skip_all, fields(member_id = %user))]
pub async fn set_role(tx: &mut OrganizationTx, user: UserId, role: OrganizationRole) -> Result<String, StoreError> {
    let name = name_of(tx, user).await?.ok_or(Refused::NoSeat)?;
    change(tx, user, Some(role)).await?;
    Ok(name)
}

async fn name_of(tx: &mut OrganizationTx, user: UserId) -> Result<Option<String>, StoreError> {
    Ok(people(tx).await?.into_iter().find(|member| member.id == user).map(|member| member.name))
}

/// Removes a member from the organization, and every seat inherited from their role. Returns their name.
///
/// # Errors
/// [`StoreError::Seating`] if a rule rejects the change.
#[tracing::instrument(level = "debug", name = "store.organizations.remove", skip_all, fields(member_id = %user))]
pub async fn remove(tx: &mut OrganizationTx, user: UserId) -> Result<String, StoreError> {
    let name = name_of(tx, user).await?.unwrap_or_default();
    change(tx, user, None).await?;
    Ok(name)
}

/// Removes the current person from the organization. With a successor, first makes them an owner.
///
/// # Errors
/// [`StoreError::Seating`] if the organization would have no owner left, or the successor is not a member.
#[tracing::instrument(level = "debug", name = "store.organizations.leave", skip_all)]
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
#[tracing::instrument(level = "debug", name = "store.organizations.transfer", skip_all, fields(member_id = %to))]
pub async fn transfer(tx: &mut OrganizationTx, to: UserId) -> Result<String, StoreError> {
    if tx.role != OrganizationRole::Owner {
        return Err(Refused::NotAllowed.into());
    }
    let name = name_of(tx, to).await?.unwrap_or_default();
    succeed(tx, to).await?;
    change(tx, tx.user, Some(OrganizationRole::Admin)).await?;
    audit::record(tx, Action::OwnershipTransferred, to.uuid(), &Detail::none().with("person", &name)).await?;
    Ok(name)
}

async fn succeed(tx: &mut OrganizationTx, successor: UserId) -> Result<(), StoreError> {
    if successor == tx.user || !people(tx).await?.iter().any(|member| member.id == successor) {
        return Err(Refused::NoSuccessor.into());
    }
    change(tx, successor, Some(OrganizationRole::Owner)).await
}

async fn change(tx: &mut OrganizationTx, user: UserId, to: Option<OrganizationRole>) -> Result<(), StoreError> {
    let (organization, me, by) = (tx.organization.uuid(), tx.user, tx.role);
    let people = people(tx).await?;
    let from = people.iter().find(|member| member.id == user).map(|member| member.role);
    let has_other_owner = people.iter().any(|p| p.id != user && p.role == OrganizationRole::Owner);
    check(by, if user == me { SeatOwner::Actor } else { SeatOwner::Other }, from, to, has_other_owner)?;
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
    let name = match people.into_iter().find(|member| member.id == user) {
        // Read again, because a person who was just added is listed only after the change.
        None => self::people(tx).await?.into_iter().find(|member| member.id == user).map(|member| member.name),
        member => member.map(|member| member.name),
    };
    let detail = name.map_or_else(Detail::none, |name| Detail::none().with("person", name));
    audit::record(tx, action, user.uuid(), &detail.change("role", word(from), word(to))).await
}

/// Leaves an organization that the person does not manage. Returns `false` if they are not a member.
///
/// # Errors
/// [`StoreError::Seating`], at commit, if the person is the last owner.
#[tracing::instrument(
    level = "debug",
    name = "store.organizations.quit",
    skip_all,
    fields(organization_id = %organization)
)]
pub async fn quit(tx: &mut PersonTx, organization: OrganizationId) -> Result<bool, StoreError> {
    let left = sqlx::query_scalar!(r#"select door.leave_organization($1) as "left!""#, organization.uuid())
        .fetch_one(tx.connection())
        .await?;
    if left {
        audit::record(tx, Action::MemberLeft, organization.uuid(), &Detail::none()).await?;
    }
    Ok(left)
}
