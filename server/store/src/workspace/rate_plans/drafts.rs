//! Writes versions of rate plans: drafts, which can change, and their publication.

use crate::{
    audit,
    door::{Can, WorkspaceTx, Write},
    error::{Constraint, StoreError},
    workspace::listing::known,
};
use model::{
    Currency,
    audit::{Action, Detail},
    capability::EditContent,
    id::{MeterId, RatePlanId},
    pricing::charge::{Charge, FeeBasis, Model, Tiers, Timing},
    rate_plan::{ModelKind, Priced, VersionDraft, VersionState},
};
use sqlx::types::{Decimal, Uuid};
use std::collections::HashMap;

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
async fn lock(
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
        match lock($tx, $can, $plan, $version).await? {
            DraftOutcome::Done(locked) if locked.revision == $revision => locked,
            DraftOutcome::Done(_) | DraftOutcome::Stale => return Ok(DraftOutcome::Stale),
            DraftOutcome::Absent => return Ok(DraftOutcome::Absent),
            DraftOutcome::Frozen => return Ok(DraftOutcome::Frozen),
        }
    };
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
    sqlx::query!(
        "delete from workspace.rate_plan_charges where workspace_id = $1 and plan_id = $2 and version = $3",
        workspace,
        plan.uuid(),
        version,
    )
    .execute(can.on(tx)?)
    .await?;
    write_charges(tx, can, plan, version, draft).await?;
    Ok(DraftOutcome::Done(next))
}

fn refused(constraint: &str) -> StoreError {
    StoreError::Refused(Constraint(constraint.to_owned()))
}

/// Returns the products of the meters that a draft has.
async fn products_of_meters(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    draft: &VersionDraft,
) -> Result<HashMap<Uuid, Uuid>, StoreError> {
    let workspace = tx.id().uuid();
    let meters: Vec<Uuid> = draft.charges.iter().filter_map(|charge| charge.meter().map(MeterId::uuid)).collect();
    let rows = sqlx::query!(
        "select id, product_id from workspace.meters where workspace_id = $1 and id = any($2)",
        workspace,
        &meters,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.product_id)).collect())
}

/// Columns of the charges and tiers of a version, one value for each row.
#[derive(Default)]
struct Columns {
    positions: Vec<i32>,
    names: Vec<String>,
    products: Vec<Uuid>,
    meters: Vec<Option<Uuid>>,
    models: Vec<String>,
    timings: Vec<String>,
    per_seat: Vec<bool>,
    fees: Vec<Option<i64>>,
    unit_prices: Vec<Option<Decimal>>,
    included: Vec<Option<Decimal>>,
    package_sizes: Vec<Option<Decimal>>,
    package_prices: Vec<Option<i64>>,
    tier_positions: Vec<i32>,
    tiers: Vec<i32>,
    bounds: Vec<Option<Decimal>>,
    tier_prices: Vec<Decimal>,
    flats: Vec<i64>,
}

impl Columns {
    fn of(draft: &VersionDraft, products: &HashMap<Uuid, Uuid>) -> Result<Self, StoreError> {
        let mut columns = Self::default();
        for (charge, position) in draft.charges.iter().zip(0i32..) {
            let (product, meter) = match charge.priced {
                Priced::Fee { product, .. } => (product.uuid(), None),
                Priced::Usage { meter, .. } => {
                    let product = products.get(&meter.uuid()).ok_or_else(|| refused("rate_plan_charge_meter"))?;
                    (*product, Some(meter.uuid()))
                }
            };
            columns.positions.push(position);
            columns.names.push(charge.name.to_string());
            columns.products.push(product);
            columns.meters.push(meter);
            columns.price(position, &charge.charge());
        }
        Ok(columns)
    }

    fn price(&mut self, position: i32, charge: &Charge) {
        self.models.push(ModelKind::of(charge).as_str().to_owned());
        let (mut timing, mut per_seat, mut fee) = (Timing::Arrears, false, None);
        let (mut unit_price, mut included, mut package) = (None, None, None);
        match charge {
            Charge::Fee(of) => {
                timing = of.timing;
                per_seat = of.basis == FeeBasis::Seat;
                fee = Some(of.minor);
            }
            Charge::Metered(metered) => {
                included = Some(metered.included.decimal());
                match &metered.model {
                    Model::PerUnit(price) => unit_price = Some(price.decimal()),
                    Model::Graduated(tiers) | Model::Volume(tiers) => self.tiers(position, tiers),
                    Model::Package { size, minor } => package = Some((size.decimal(), *minor)),
                }
            }
        }
        self.timings.push(timing.as_str().to_owned());
        self.per_seat.push(per_seat);
        self.fees.push(fee);
        self.unit_prices.push(unit_price);
        self.included.push(included);
        self.package_sizes.push(package.map(|(size, _)| size));
        self.package_prices.push(package.map(|(_, minor)| minor));
    }

    fn tiers(&mut self, position: i32, tiers: &Tiers) {
        for ((_, tier), number) in tiers.bounded().zip(0i32..) {
            self.tier_positions.push(position);
            self.tiers.push(number);
            self.bounds.push(tier.up_to.map(|bound| bound.decimal()));
            self.tier_prices.push(tier.unit_price.decimal());
            self.flats.push(tier.flat_minor);
        }
    }
}

async fn write_charges(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    plan: RatePlanId,
    version: i32,
    draft: &VersionDraft,
) -> Result<(), StoreError> {
    if draft.charges.is_empty() {
        return Ok(());
    }
    let workspace = tx.id().uuid();
    let columns = Columns::of(draft, &products_of_meters(tx, can, draft).await?)?;
    sqlx::query!(
        "insert into workspace.rate_plan_charges (workspace_id, plan_id, version, position, name, product_id, meter_id,
            model, timing, per_seat, fee_minor, unit_price, included, package_size, package_minor)
        select $1, $2, $3, c.position, c.name, c.product_id, c.meter_id, c.model, c.timing, c.per_seat, c.fee_minor,
            c.unit_price, c.included, c.package_size, c.package_minor
        from unnest($4::integer[], $5::text[], $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::boolean[], $11::bigint[],
            $12::numeric[], $13::numeric[], $14::numeric[], $15::bigint[])
            as c (position, name, product_id, meter_id, model, timing, per_seat, fee_minor, unit_price, included,
                package_size, package_minor)",
        workspace,
        plan.uuid(),
        version,
        &columns.positions,
        &columns.names,
        &columns.products,
        &columns.meters as &[Option<Uuid>],
        &columns.models,
        &columns.timings,
        &columns.per_seat,
        &columns.fees as &[Option<i64>],
        &columns.unit_prices as &[Option<Decimal>],
        &columns.included as &[Option<Decimal>],
        &columns.package_sizes as &[Option<Decimal>],
        &columns.package_prices as &[Option<i64>],
    )
    .execute(can.on(tx)?)
    .await?;
    if columns.tiers.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into workspace.rate_plan_tiers
            (workspace_id, plan_id, version, position, tier, up_to, unit_price, flat_minor)
        select $1, $2, $3, t.position, t.tier, t.up_to, t.unit_price, t.flat_minor
        from unnest($4::integer[], $5::integer[], $6::numeric[], $7::numeric[], $8::bigint[])
            as t (position, tier, up_to, unit_price, flat_minor)",
        workspace,
        plan.uuid(),
        version,
        &columns.tier_positions,
        &columns.tiers,
        &columns.bounds as &[Option<Decimal>],
        &columns.tier_prices,
        &columns.flats,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
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
    let workspace = tx.id().uuid();
    // Two drafts that are created at once wait for each other, so that the second is refused by its rule.
    let known = sqlx::query_scalar!(
        "select id from workspace.rate_plans where workspace_id = $1 and id = $2 for update",
        workspace,
        plan.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    if known.is_none() {
        return Ok(None);
    }
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
    let workspace = tx.id().uuid();
    sqlx::query!(
        "delete from workspace.rate_plan_charges where workspace_id = $1 and plan_id = $2 and version = $3",
        workspace,
        plan.uuid(),
        version,
    )
    .execute(can.on(tx)?)
    .await?;
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
