//! Seats of a workspace: listing, assigning, changing and removing them. The rules are in `model::seating`. The
//! database itself also ensures that an owner remains (docs/SECURITY.md, I-11).
//!
//! Changes require a transaction of `Store::workspace_seating`, which holds the write locks of the people concerned.

use crate::{
    audit,
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    OrganizationRole, Seat, WorkspaceRole,
    audit::{Action, Detail},
    capability::{ManageMembers, OwnWorkspace},
    id::{RequestId, UserId},
    members::{AccessRequest, Member},
    moment::Moment,
    picture::PictureName,
    seating::{Refused, SeatOwner, check},
};

/// Person with a seat in a workspace.
#[derive(Debug, Clone)]
pub struct WorkspaceMember {
    /// Id of the person.
    pub id: UserId,
    /// Name of the person.
    pub name: String,
    /// Email address of the person.
    pub email: String,
    /// `true` if the email address is verified.
    pub verified: bool,
    /// Portrait of the person.
    pub portrait: Option<PictureName>,
    /// Seat of the person.
    pub seat: Seat,
    /// Time since when they have had the seat.
    pub since: Moment,
}

impl WorkspaceMember {
    /// Converts the person for display.
    pub fn row(self, organization: &str) -> Member<WorkspaceRole> {
        let Self { id, name, email, portrait, seat, since, .. } = self;
        Member { id, name, email, portrait, role: seat.direct(), seat: seat.explain(organization), since }
    }
}

/// Returns everyone with a seat, strongest role first.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.members.list", skip_all)]
pub async fn list<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<WorkspaceMember>, StoreError> {
    let zone = tx.zone();
    let rows = sqlx::query!(
        r#"select user_id as "user_id!", name as "name!", email as "email!", verified as "verified!", direct_role,
            organization_role, since as "since!", portrait
        from door.members()"#
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let seat = Seat::resolve(
                row.direct_role.as_deref().and_then(WorkspaceRole::from_word),
                row.organization_role.as_deref().and_then(OrganizationRole::from_word),
            )?;
            Some(WorkspaceMember {
                id: UserId::from_uuid(row.user_id),
                name: row.name,
                email: row.email,
                verified: row.verified,
                portrait: row.portrait.as_deref().and_then(|name| PictureName::parse(name).ok()),
                seat,
                since: zone.local(row.since),
            })
        })
        .collect())
}

/// Gives a person a direct seat, or changes the role of their direct seat, and logs it.
///
/// # Errors
/// [`StoreError::Seating`] if a rule rejects the change.
#[tracing::instrument(level = "debug", name = "store.members.grant", skip_all, fields(member_id = %user))]
pub async fn grant(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageMembers>,
    user: UserId,
    role: WorkspaceRole,
) -> Result<(), StoreError> {
    can.on(tx)?;
    change(tx, user, Some(role)).await.map(drop)
}

/// Changes the direct role of a person who has a seat in the workspace. Returns their name.
///
/// # Errors
/// [`StoreError::Seating`] if a rule rejects the change, or the person has no seat in the workspace.
#[tracing::instrument(level = "debug", name = "store.members.set_role", skip_all, fields(member_id = %user))]
pub async fn set_role(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageMembers>,
    user: UserId,
    role: WorkspaceRole,
) -> Result<String, StoreError> {
    can.on(tx)?;
    let name = name_of(tx, user).await?.ok_or(Refused::NoSeat)?;
    change(tx, user, Some(role)).await?;
    Ok(name)
}

async fn name_of(tx: &mut WorkspaceTx<Write>, user: UserId) -> Result<Option<String>, StoreError> {
    Ok(list(tx).await?.into_iter().find(|seated| seated.id == user).map(|seated| seated.name))
}

/// Removes a person's direct seat and bars them from auto-join. Returns their name.
///
/// # Errors
/// [`StoreError::Seating`] if a rule rejects the change.
#[tracing::instrument(level = "debug", name = "store.members.remove", skip_all, fields(member_id = %user))]
pub async fn remove(tx: &mut WorkspaceTx<Write>, can: &Can<ManageMembers>, user: UserId) -> Result<String, StoreError> {
    can.on(tx)?;
    let name = name_of(tx, user).await?.unwrap_or_default();
    change(tx, user, None).await?;
    let workspace = tx.id().uuid();
    if tx.user() != user {
        sqlx::query!(
            "insert into account.barred (workspace_id, user_id) values ($1, $2) on conflict do nothing",
            workspace,
            user.uuid(),
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(name)
}

/// Removes the current person's direct seat. With a successor, first makes them an owner.
///
/// # Errors
/// [`StoreError::Seating`] if the workspace would have no owner left, or the successor has no seat.
#[tracing::instrument(level = "debug", name = "store.members.leave", skip_all)]
pub async fn leave(tx: &mut WorkspaceTx<Write>, successor: Option<UserId>) -> Result<(), StoreError> {
    let me = tx.user();
    if let Some(successor) = successor {
        succeed(tx, successor).await?;
    }
    change(tx, me, None).await.map(drop)
}

/// Makes a person with a seat an owner, and the current person an admin if they are a direct owner. Returns the new
/// owner's name.
///
/// # Errors
/// [`StoreError::Seating`] if `to` is not another person with a seat in the workspace.
#[tracing::instrument(level = "debug", name = "store.members.transfer", skip_all, fields(member_id = %to))]
pub async fn transfer(tx: &mut WorkspaceTx<Write>, can: &Can<OwnWorkspace>, to: UserId) -> Result<String, StoreError> {
    can.on(tx)?;
    let me = tx.user();
    let name = name_of(tx, to).await?.unwrap_or_default();
    let mut changed = succeed(tx, to).await?;
    if tx.tenant().seat.direct() == Some(WorkspaceRole::Owner) {
        changed |= change(tx, me, Some(WorkspaceRole::Admin)).await?;
    }
    if changed {
        audit::record(tx, Action::OwnershipTransferred, to.uuid(), &Detail::none().with("person", &name)).await?;
    }
    Ok(name)
}

async fn succeed(tx: &mut WorkspaceTx<Write>, successor: UserId) -> Result<bool, StoreError> {
    let has_seat = list(tx).await?.iter().any(|seated| seated.id == successor);
    if successor == tx.user() || !has_seat {
        return Err(Refused::NoSuccessor.into());
    }
    change(tx, successor, Some(WorkspaceRole::Owner)).await
}

/// Changes a direct seat and logs it. Returns `false` if nothing changed.
async fn change(tx: &mut WorkspaceTx<Write>, user: UserId, to: Option<WorkspaceRole>) -> Result<bool, StoreError> {
    let (workspace, me, by) = (tx.id().uuid(), tx.user(), tx.tenant().seat.role());
    let seats = list(tx).await?;
    let target = seats.iter().find(|seated| seated.id == user);
    let (from, name) = (target.and_then(|seated| seated.seat.direct()), target.map(|seated| seated.name.clone()));
    let has_other_owner = seats.iter().any(|seated| {
        seated.seat.organization() == Some(OrganizationRole::Owner)
            || seated.id != user && seated.seat.direct() == Some(WorkspaceRole::Owner)
    });
    check(by, if user == me { SeatOwner::Actor } else { SeatOwner::Other }, from, to, has_other_owner)?;
    if to.is_some() && from == to {
        return Ok(false);
    }
    let changed = match (from, to) {
        (None, Some(role)) => {
            sqlx::query!(
                "insert into account.workspace_members (workspace_id, user_id, role) values ($1, $2, $3) on conflict do nothing",
                workspace,
                user.uuid(),
                role.as_str(),
            )
            .execute(tx.connection())
            .await?
        }
        (Some(from), Some(role)) => {
            sqlx::query!(
                "update account.workspace_members set role = $4 where workspace_id = $1 and user_id = $2 and role = $3",
                workspace,
                user.uuid(),
                from.as_str(),
                role.as_str(),
            )
            .execute(tx.connection())
            .await?
        }
        (from, None) => {
            let from = from.map(WorkspaceRole::as_str);
            sqlx::query!("delete from workspace.customer_shares where workspace_id = $1 and user_id = $2", workspace, user.uuid())
                .execute(tx.connection())
                .await?;
            sqlx::query!(
                "delete from account.workspace_members where workspace_id = $1 and user_id = $2 and role = $3",
                workspace,
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
    if to.is_some() {
        sqlx::query!("delete from account.barred where workspace_id = $1 and user_id = $2", workspace, user.uuid())
            .execute(tx.connection())
            .await?;
    }
    let action = match (from, to) {
        (None, _) => Action::SeatGranted,
        (_, Some(_)) => Action::SeatRoleChanged,
        (_, None) if user == me => Action::SeatLeft,
        (_, None) => Action::SeatRemoved,
    };
    let word = |role: Option<WorkspaceRole>| role.map_or("", WorkspaceRole::as_str);
    // Read again, because a person who was just given a seat is listed only after the change.
    let name = match name {
        None => list(tx).await?.into_iter().find(|seated| seated.id == user).map(|seated| seated.name),
        name => name,
    };
    let detail = match name {
        Some(name) => Detail::none().with("person", name),
        None => Detail::none(),
    };
    audit::record(tx, action, user.uuid(), &detail.change("role", word(from), word(to))).await?;
    Ok(true)
}

/// Returns the open requests for a seat, oldest first.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.members.requests", skip_all)]
pub async fn requests<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageMembers>,
) -> Result<Vec<AccessRequest>, StoreError> {
    let zone = tx.zone();
    let rows = sqlx::query!(
        r#"select id as "id!", name as "name!", email as "email!", created_at as "created_at!" from door.access_requests()"#
    )
    .fetch_all(can.on(tx)?)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| AccessRequest {
            id: RequestId::from_uuid(row.id),
            name: row.name,
            email: row.email,
            since: zone.local(row.created_at),
        })
        .collect())
}

/// Answer to a request for a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Approves the request with a seat of this role.
    Approve(WorkspaceRole),
    /// Refuses the request.
    Refuse,
}

/// Answers an open request and returns it; `None` if the request is no longer open.
///
/// # Errors
/// [`StoreError::Seating`] if the role is above the current person's own.
#[tracing::instrument(level = "debug", name = "store.members.answer", skip_all, fields(access_request_id = %id))]
pub async fn answer(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageMembers>,
    id: RequestId,
    answer: Answer,
) -> Result<Option<AccessRequest>, StoreError> {
    let (workspace, me) = (tx.id().uuid(), tx.user());
    let outcome = match answer {
        Answer::Approve(_) => "approved",
        Answer::Refuse => "refused",
    };
    let Some(request) = requests(tx, can).await?.into_iter().find(|request| request.id == id) else { return Ok(None) };
    let user = sqlx::query_scalar!(
        "update account.access_requests set resolved_at = now(), resolved_by = $3, outcome = $4
        where workspace_id = $1 and id = $2 and resolved_at is null returning user_id",
        workspace,
        id.uuid(),
        me.uuid(),
        outcome,
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(user) = user.map(UserId::from_uuid) else { return Ok(None) };
    match answer {
        Answer::Approve(role) => {
            grant(tx, can, user, role).await?;
            let detail = Detail::none().with("person", &request.name).with("role", role.as_str());
            audit::record(tx, Action::AccessApproved, user.uuid(), &detail).await?;
        }
        Answer::Refuse => {
            let detail = Detail::none().with("person", &request.name);
            audit::record(tx, Action::AccessRefused, user.uuid(), &detail).await?;
        }
    }
    Ok(Some(request))
}
