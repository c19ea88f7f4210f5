//! API keys of a workspace. A key is valid while its owner has a seat; `door.key` reads both in one statement.

use crate::{
    audit,
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
    secret::Secret,
};
use model::{
    api_key::{ApiKey, KEY_LIMIT, KEY_PREFIX, KeyDraft, KeyState, Scope},
    audit::{Action, Detail},
    capability::{CapabilityKind, ManageMembers, ManageSettings},
    id::{ApiKeyId, UserId},
};
use sqlx::types::Uuid;

/// How a person confirmed that it is them, before they created a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// By the password.
    Password,
    /// By a second factor. Only such a key is accepted in a workspace that requires one.
    Factor,
}

/// Returns the keys that are not revoked, newest first. Expired keys are listed for 30 days.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.api_keys.list", skip_all)]
pub async fn list<M: Mode>(tx: &mut WorkspaceTx<M>, can: &Can<ManageSettings>) -> Result<Vec<ApiKey>, StoreError> {
    let (workspace, zone) = (tx.id().uuid(), tx.zone());
    let rows = sqlx::query!(
        r#"select k.id, k.name, k.prefix, k.scopes, k.owner, p.name as "owner_name?", k.created_at, k.last_used_at, k.expires_at,
            coalesce(k.expires_at <= now(), false) as "expired!", w.demands_factor and not k.proven as "unproven!"
        from account.api_keys k
        join account.workspaces w on w.id = k.workspace_id
        left join door.members() p on p.user_id = k.owner
        where k.workspace_id = $1 and k.revoked_at is null
            and (k.expires_at is null or k.expires_at > now() - interval '30 days')
        order by k.id desc limit 200"#,
        workspace
    )
    .fetch_all(can.on(tx)?)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ApiKey {
            id: ApiKeyId::from_uuid(row.id),
            name: row.name,
            prefix: row.prefix,
            scopes: row.scopes.iter().filter_map(|scope| Scope::from_word(scope)).collect(),
            owner: UserId::from_uuid(row.owner),
            state: if row.expired {
                KeyState::Expired
            } else if row.owner_name.is_none() {
                KeyState::OwnerLeft
            } else if row.unproven {
                KeyState::NeedsFactor
            } else {
                KeyState::Active
            },
            owner_name: row.owner_name.unwrap_or_default(),
            created_at: zone.local(row.created_at),
            last_used_at: row.last_used_at.map(|at| zone.local(at)),
            expires_at: row.expires_at.map(|at| zone.local(at)),
        })
        .collect())
}

/// Returns the people among `owners` who own keys that are not revoked.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.api_keys.owners", skip_all)]
pub async fn owners<M: Mode>(tx: &mut WorkspaceTx<M>, can: &Can<ManageMembers>) -> Result<Vec<UserId>, StoreError> {
    let workspace = tx.id().uuid();
    let owners = sqlx::query_scalar!(
        "select distinct owner from account.api_keys
        where workspace_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())",
        workspace
    )
    .fetch_all(can.on(tx)?)
    .await?;
    Ok(owners.into_iter().map(UserId::from_uuid).collect())
}

/// Creates a key that the current person owns, and returns it in full. Only its hash is stored, so nobody can read it
/// again. Returns `None` if the workspace already has [`KEY_LIMIT`] valid keys.
///
/// # Errors
/// [`StoreError::NoRandomness`] if the operating system returns no random bytes; [`StoreError::Database`] if the query
/// fails.
#[tracing::instrument(level = "debug", name = "store.api_keys.create", skip_all)]
pub async fn create(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    draft: &KeyDraft,
    confirmed: Confirmed,
) -> Result<Option<Secret>, StoreError> {
    let (workspace, user) = (tx.id().uuid(), tx.user().uuid());
    // Serializes concurrent creations in one workspace, so that each is counted.
    sqlx::query!("select ops.one_at_a_time($1)", workspace).execute(can.on(tx)?).await?;
    let held = sqlx::query_scalar!(
        r#"select count(*) as "count!" from account.api_keys
        where workspace_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())"#,
        workspace
    )
    .fetch_one(can.on(tx)?)
    .await?;
    if held >= KEY_LIMIT {
        return Ok(None);
    }
    let id = Uuid::now_v7();
    // The last digits of the id are random.
    let digits = id.simple().to_string();
    let prefix = format!("{KEY_PREFIX}{}", digits.get(24..).unwrap_or_default());
    let secret = Secret::generate(&format!("{prefix}_"))?;
    let scopes: Vec<String> = draft.scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
    sqlx::query!(
        "insert into account.api_keys (id, workspace_id, name, prefix, token_hash, scopes, owner, created_by, proven, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7, $8, now() + make_interval(days => $9))",
        id,
        workspace,
        draft.name.as_str(),
        prefix,
        secret.hash().bytes(),
        &scopes,
        user,
        confirmed == Confirmed::Factor,
        draft.life.days(),
    )
    .execute(can.on(tx)?)
    .await?;
    let detail = Detail::none().with("name", &draft.name).with("scopes", scopes.join(", "));
    audit::record(tx, Action::ApiKeyCreated, id, &detail).await?;
    Ok(Some(secret))
}

/// Returns the owner of a key that is not revoked, so that [`revoke`] can hold their write lock.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.api_keys.owner", skip_all, fields(api_key_id = %id))]
pub async fn owner<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
    id: ApiKeyId,
) -> Result<Option<UserId>, StoreError> {
    let workspace = tx.id().uuid();
    let owner = sqlx::query_scalar!(
        "select owner from account.api_keys where workspace_id = $1 and id = $2 and revoked_at is null",
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    Ok(owner.map(UserId::from_uuid))
}

/// Revokes a key. No write with it commits once this has committed, because a trigger waits for the write lock of its
/// owner. Returns `false` if the workspace has no such key, or it is already revoked.
///
/// # Errors
/// [`StoreError::Unavailable`] if writes of the owner take too long; [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.api_keys.revoke", skip_all, fields(api_key_id = %id))]
pub async fn revoke(tx: &mut WorkspaceTx<Write>, can: &Can<ManageSettings>, id: ApiKeyId) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let name = sqlx::query_scalar!(
        "update account.api_keys set revoked_at = now() where workspace_id = $1 and id = $2 and revoked_at is null returning name",
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    if let Some(name) = &name {
        audit::record(tx, Action::ApiKeyRevoked, id.uuid(), &Detail::none().with("name", name)).await?;
    }
    Ok(name.is_some())
}

/// Revokes the keys of a person who loses their seat.
///
/// # Errors
/// As for [`revoke`].
#[tracing::instrument(level = "debug", name = "store.api_keys.revoke_of", skip_all, fields(member_id = %person))]
pub async fn revoke_of(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageMembers>,
    person: UserId,
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    let keys = sqlx::query!(
        "update account.api_keys set revoked_at = now() where workspace_id = $1 and owner = $2 and revoked_at is null
        returning id, name",
        workspace,
        person.uuid(),
    )
    .fetch_all(can.on(tx)?)
    .await?;
    for key in keys {
        audit::record(tx, Action::ApiKeyRevoked, key.id, &Detail::none().with("name", &key.name)).await?;
    }
    Ok(())
}

/// Makes `heir` the owner of the keys of a person who loses their seat. The keys then have at most the heir's
/// capabilities. Returns `false` if the heir may not manage settings in the workspace; then nothing is changed.
///
/// # Errors
/// As for [`revoke`].
#[tracing::instrument(level = "debug", name = "store.api_keys.hand_over", skip_all, fields(member_id = %from, heir_id = %heir))]
pub async fn hand_over(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageMembers>,
    from: UserId,
    heir: UserId,
) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let seats = super::members::list(tx).await?;
    let Some(seat) = seats.iter().find(|seated| seated.id == heir && seated.id != from) else { return Ok(false) };
    if !seat.seat.capabilities().has(ManageSettings::CAPABILITY) {
        return Ok(false);
    }
    let name = seat.name.clone();
    let keys = sqlx::query!(
        "update account.api_keys set owner = $3 where workspace_id = $1 and owner = $2 and revoked_at is null
        returning id, name",
        workspace,
        from.uuid(),
        heir.uuid(),
    )
    .fetch_all(can.on(tx)?)
    .await?;
    for key in keys {
        let detail = Detail::none().with("name", &key.name).with("owner", &name);
        audit::record(tx, Action::ApiKeyHandedOver, key.id, &detail).await?;
    }
    Ok(true)
}
