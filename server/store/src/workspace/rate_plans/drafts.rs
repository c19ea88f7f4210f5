//! Writes versions of rate plans: drafts, which can change, and their publication.

use super::charges::{refused, write_charges};
use crate::{
    audit,
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
    workspace::listing::known,
};
use model::{
    Currency,
    audit::{Action, Detail},
    capability::EditContent,
    id::RatePlanId,
    rate_plan::{VersionDraft, VersionState},
};

/// What became of a change to a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftOutcome<T> {
    /// The change was made.
    Done(T),
    /// The workspace has no such plan, or the plan no such version.
    Absent,
    /// The version is published, so it never changes.
    Frozen,
    /// The version was saved since the revision that the change is based on.
    Stale,
}

/// A draft whose row is locked.
struct Locked {
    revision: i32,
    plan: String,
    currency: Currency,
}

/// Locks a version that can be changed.
async fn lock_draft(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    plan: RatePlanId,
    version: i32,
) -> Result<DraftOutcome<Locked>, StoreError> {
    let workspace = tx.id().uuid();
    let found = sqlx::query!(
        "select v.state, v.revision, p.name, p.currency
        from workspace.rate_plan_versions v
        join workspace.rate_plans p on p.workspace_id = v.workspace_id and p.id = v.plan_id
        where v.workspace_id = $1 and v.plan_id = $2 and v.version = $3 for update of v",
        workspace,
        plan.uuid(),
        version,
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(found) = found else { return Ok(DraftOutcome::Absent) };
    Ok(match known("version state", &found.state, VersionState::from_word(&found.state))? {
        VersionState::Published => DraftOutcome::Frozen,
        VersionState::Draft => DraftOutcome::Done(Locked {
            revision: found.revision,
            plan: found.name,
            currency: known("currency", &found.currency, Currency::from_code(&found.currency))?,
        }),
    })
}

/// Locks a draft that has a given revision; otherwise returns from the function with the outcome.
macro_rules! locked {
    ($tx:expr, $can:expr, $plan:expr, $version:expr, $revision:expr) => {
        match lock_draft($tx, $can, $plan, $version).await? {
            DraftOutcome::Done(locked) if locked.revision == $revision => locked,
            DraftOutcome::Done(_) | DraftOutcome::Stale => return Ok(DraftOutcome::Stale),
            DraftOutcome::Absent => return Ok(DraftOutcome::Absent),
            DraftOutcome::Frozen => return Ok(DraftOutcome::Frozen),
        }
    };
}

/// Deletes the charges of a draft, with their tiers.
async fn delete_charges(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    plan: RatePlanId,
    version: i32,
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    sqlx::query!(
        "delete from workspace.rate_plan_charges where workspace_id = $1 and plan_id = $2 and version = $3",
        workspace,
        plan.uuid(),
        version,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}

/// Replaces the prices of a draft. `revision` is the one that the change is based on. Returns the new revision.
///
/// # Errors
/// [`StoreError::Refused`] with `rate_plan_charge_meter` or `rate_plan_charge_product` if a meter or product does not
/// belong to the workspace, or `rate_plan_currency` if the draft's currency is not that of the plan.
#[tracing::instrument(level = "debug", name = "store.rate_plans.save_draft", skip_all, fields(rate_plan_id = %plan))]
pub async fn save_draft(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    plan: RatePlanId,
    version: i32,
    revision: i32,
    draft: &VersionDraft,
) -> Result<DraftOutcome<i32>, StoreError> {
    let locked = locked!(tx, can, plan, version, revision);
    if draft.currency != locked.currency {
        return Err(refused("rate_plan_currency"));
    }
    let (workspace, next) = (tx.id().uuid(), revision.saturating_add(1));
    sqlx::query!(
        "update workspace.rate_plan_versions set minimum_minor = $4, note = $5, revision = $6
        where workspace_id = $1 and plan_id = $2 and version = $3",
        workspace,
        plan.uuid(),
        version,
        draft.minimum_minor,
        draft.note,
        next,
    )
    .execute(can.on(tx)?)
    .await?;
    delete_charges(tx, can, plan, version).await?;
    write_charges(tx, can, plan, version, draft).await?;
    Ok(DraftOutcome::Done(next))
}

/// Creates a draft with a copy of the prices of the latest published version, or without charges if there is none.
/// Returns its number; `None` if the workspace has no plan with that id.
///
/// # Errors
/// [`StoreError::Refused`] with `rate_plan_one_draft` if the plan has a draft.
#[tracing::instrument(level = "debug", name = "store.rate_plans.new_draft", skip_all, fields(rate_plan_id = %plan))]
pub async fn new_draft(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    plan: RatePlanId,
) -> Result<Option<i32>, StoreError> {
    // Two drafts that are created at once wait for each other, so that the second is refused by its rule.
    if !super::lock(tx, can, plan).await? {
        return Ok(None);
    }
    let workspace = tx.id().uuid();
    let versions = sqlx::query!(
        r#"select max(version) as "last?", max(version) filter (where state = 'published') as "published?"
        from workspace.rate_plan_versions where workspace_id = $1 and plan_id = $2"#,
        workspace,
        plan.uuid(),
    )
    .fetch_one(can.on(tx)?)
    .await?;
    let (number, source) = (versions.last.unwrap_or(0).saturating_add(1), versions.published);
    sqlx::query!(
        "insert into workspace.rate_plan_versions (workspace_id, plan_id, version, state, minimum_minor)
        values ($1, $2, $3, 'draft', (
            select v.minimum_minor from workspace.rate_plan_versions v
            where v.workspace_id = $1 and v.plan_id = $2 and v.version = $4))",
        workspace,
        plan.uuid(),
        number,
        source,
    )
    .execute(can.on(tx)?)
    .await?;
    sqlx::query!(
        "insert into workspace.rate_plan_charges (workspace_id, plan_id, version, position, name, product_id, meter_id,
            model, timing, per_seat, fee_minor, unit_price, included, package_size, package_minor)
        select workspace_id, plan_id, $3, position, name, product_id, meter_id,
            model, timing, per_seat, fee_minor, unit_price, included, package_size, package_minor
        from workspace.rate_plan_charges where workspace_id = $1 and plan_id = $2 and version = $4",
        workspace,
        plan.uuid(),
        number,
        source,
    )
    .execute(can.on(tx)?)
    .await?;
    sqlx::query!(
        "insert into workspace.rate_plan_tiers
            (workspace_id, plan_id, version, position, tier, up_to, unit_price, flat_minor)
        select workspace_id, plan_id, $3, position, tier, up_to, unit_price, flat_minor
        from workspace.rate_plan_tiers where workspace_id = $1 and plan_id = $2 and version = $4",
        workspace,
        plan.uuid(),
        number,
        source,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(Some(number))
}

/// Deletes a draft. `revision` is the one that the person has seen.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.rate_plans.discard_draft", skip_all, fields(rate_plan_id = %plan))]
pub async fn discard_draft(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    plan: RatePlanId,
    version: i32,
    revision: i32,
) -> Result<DraftOutcome<()>, StoreError> {
    let _locked = locked!(tx, can, plan, version, revision);
    delete_charges(tx, can, plan, version).await?;
    let workspace = tx.id().uuid();
    sqlx::query!(
        "delete from workspace.rate_plan_versions where workspace_id = $1 and plan_id = $2 and version = $3",
        workspace,
        plan.uuid(),
        version,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(DraftOutcome::Done(()))
}

/// Publishes a draft, which then never changes, and logs it. `revision` is the one that the person has seen.
///
/// # Errors
/// [`StoreError::Refused`] with `rate_plan_version_incomplete` if the draft has no charge.
#[tracing::instrument(level = "debug", name = "store.rate_plans.publish", skip_all, fields(rate_plan_id = %plan))]
pub async fn publish(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    plan: RatePlanId,
    version: i32,
    revision: i32,
) -> Result<DraftOutcome<()>, StoreError> {
    let locked = locked!(tx, can, plan, version, revision);
    let (workspace, user) = (tx.id().uuid(), tx.user().uuid());
    sqlx::query!(
        "update workspace.rate_plan_versions set state = 'published', published_at = now(), published_by = $4
        where workspace_id = $1 and plan_id = $2 and version = $3",
        workspace,
        plan.uuid(),
        version,
        user,
    )
    .execute(can.on(tx)?)
    .await?;
    let detail = Detail::none().with("name", locked.plan).with("version", version);
    audit::record(tx, Action::RatePlanVersionPublished, plan.uuid(), &detail).await?;
    Ok(DraftOutcome::Done(()))
}
