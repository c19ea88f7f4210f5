//! Reads versions of rate plans.

use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
    workspace::listing::known,
};
use model::{
    Currency,
    id::{MeterId, ProductId, RatePlanId},
    pricing::{
        Quantity, UnitPrice,
        charge::{Charge, Fee, FeeBasis, Metered, Model, Tier, Tiers, Timing},
    },
    rate_plan::{
        ChargeMeter, ChargeRow, Interval, ModelKind, PlanCharge, PlanPrices, Version, VersionRow, VersionState,
    },
};
use sqlx::types::{Decimal, Uuid};
use std::collections::BTreeMap;

/// Returns the versions of a plan, newest first, at most 200, with the number of customers on each today.
pub(super) async fn of_plan<M: Mode>(tx: &mut WorkspaceTx<M>, plan: RatePlanId) -> Result<Vec<VersionRow>, StoreError> {
    let (workspace, today, zone) = (tx.id().uuid(), tx.today(), tx.zone());
    let rows = sqlx::query!(
        r#"select v.version, v.state, v.published_at, m.name as "published_by?", v.note,
            (select count(distinct f.customer_id)
                from workspace.subscription_phases f
                join workspace.subscriptions s on s.workspace_id = $1 and s.id = f.subscription_id
                where f.workspace_id = $1 and f.plan_id = $2 and f.version = v.version and f.from_on <= $3
                    and (s.ends_on is null or s.ends_on > $3)
                    and not exists (
                        select from workspace.subscription_phases n where n.workspace_id = $1
                            and n.subscription_id = f.subscription_id and n.from_on > f.from_on and n.from_on <= $3)
            ) as "customers!"
        from workspace.rate_plan_versions v
        left join door.members() m on m.user_id = v.published_by
        where v.workspace_id = $1 and v.plan_id = $2 order by v.version desc limit 200"#,
        workspace,
        plan.uuid(),
        today,
    )
    .fetch_all(tx.reading())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(VersionRow {
                number: row.version,
                state: known("version state", &row.state, VersionState::from_word(&row.state))?,
                published_at: row.published_at.map(|at| zone.local(at)),
                published_by: row.published_by,
                note: row.note,
                customers: row.customers,
            })
        })
        .collect()
}

/// Returns a version with its charges; `None` if the workspace has no such plan or version.
pub(super) async fn read<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    plan: RatePlanId,
    version: i32,
) -> Result<Option<Version>, StoreError> {
    let workspace = tx.id().uuid();
    let found = sqlx::query!(
        "select v.state, v.revision, v.minimum_minor, v.note, p.currency
        from workspace.rate_plan_versions v
        join workspace.rate_plans p on p.workspace_id = v.workspace_id and p.id = v.plan_id
        where v.workspace_id = $1 and v.plan_id = $2 and v.version = $3",
        workspace,
        plan.uuid(),
        version,
    )
    .fetch_optional(tx.reading())
    .await?;
    let Some(found) = found else { return Ok(None) };
    Ok(Some(Version {
        number: version,
        state: known("version state", &found.state, VersionState::from_word(&found.state))?,
        revision: found.revision,
        currency: known("currency", &found.currency, Currency::from_code(&found.currency))?,
        minimum_minor: found.minimum_minor,
        note: found.note,
        charges: charges(tx, plan, version).await?,
    }))
}

/// Returns the length of a plan's periods; `None` if the workspace has no such plan.
pub(super) async fn interval<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    plan: RatePlanId,
) -> Result<Option<Interval>, StoreError> {
    let workspace = tx.id().uuid();
    let interval = sqlx::query_scalar!(
        "select interval from workspace.rate_plans where workspace_id = $1 and id = $2",
        workspace,
        plan.uuid(),
    )
    .fetch_optional(tx.reading())
    .await?;
    interval.map(|interval| known("interval", &interval, Interval::from_word(&interval))).transpose()
}

/// Returns the prices of a version, for computing amounts of a subscription; `None` if the workspace has no such plan or
/// version.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.rate_plans.prices", skip_all, fields(rate_plan_id = %plan))]
pub async fn prices<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    plan: RatePlanId,
    version: i32,
) -> Result<Option<PlanPrices>, StoreError> {
    let Some(interval) = interval(tx, plan).await? else { return Ok(None) };
    let Some(version) = read(tx, plan, version).await? else { return Ok(None) };
    let of = |row: &ChargeRow| PlanCharge { name: row.name.clone(), meter: row.meter.as_ref().map(|meter| meter.id) };
    let charges = version.charges.iter().map(of).collect();
    Ok(Some(PlanPrices { interval, prices: version.prices(), charges }))
}

/// A stored charge, without its tiers.
struct Row {
    position: i32,
    name: String,
    product_id: Uuid,
    product: String,
    meter_id: Option<Uuid>,
    meter: Option<String>,
    unit: Option<String>,
    model: String,
    timing: String,
    per_seat: bool,
    fee_minor: Option<i64>,
    unit_price: Option<Decimal>,
    included: Option<Decimal>,
    package_size: Option<Decimal>,
    package_minor: Option<i64>,
}

async fn charges<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    plan: RatePlanId,
    version: i32,
) -> Result<Vec<ChargeRow>, StoreError> {
    let workspace = tx.id().uuid();
    let tiers = sqlx::query!(
        "select position, up_to, unit_price, flat_minor from workspace.rate_plan_tiers
        where workspace_id = $1 and plan_id = $2 and version = $3 order by position, tier",
        workspace,
        plan.uuid(),
        version,
    )
    .fetch_all(tx.reading())
    .await?;
    let mut by_charge = BTreeMap::<i32, Vec<Tier>>::new();
    for row in tiers {
        let tier = Tier {
            up_to: row.up_to.map(quantity).transpose()?,
            unit_price: unit_price(row.unit_price)?,
            flat_minor: row.flat_minor,
        };
        by_charge.entry(row.position).or_default().push(tier);
    }
    let rows = sqlx::query_as!(
        Row,
        r#"select c.position, c.name, c.product_id, p.name as product, c.meter_id, m.name as "meter?", m.unit as "unit?",
            c.model, c.timing, c.per_seat, c.fee_minor, c.unit_price, c.included, c.package_size, c.package_minor
        from workspace.rate_plan_charges c
        join workspace.products p on p.workspace_id = c.workspace_id and p.id = c.product_id
        left join workspace.meters m on m.workspace_id = c.workspace_id and m.id = c.meter_id
        where c.workspace_id = $1 and c.plan_id = $2 and c.version = $3 order by c.position"#,
        workspace,
        plan.uuid(),
        version,
    )
    .fetch_all(tx.reading())
    .await?;
    rows.into_iter()
        .map(|row| {
            let tiers = by_charge.remove(&row.position).unwrap_or_default();
            row.charge(tiers)
        })
        .collect()
}

/// Returns a stored quantity.
fn quantity(value: Decimal) -> Result<Quantity, StoreError> {
    Quantity::from_decimal(value).map_err(|_| StoreError::Inconsistent(format!("quantity {value}")))
}

/// Returns a stored unit price.
pub(super) fn unit_price(value: Decimal) -> Result<UnitPrice, StoreError> {
    UnitPrice::from_decimal(value).map_err(|_| StoreError::Inconsistent(format!("unit price {value}")))
}

impl Row {
    fn charge(self, stored: Vec<Tier>) -> Result<ChargeRow, StoreError> {
        let kind = known("pricing model", &self.model, ModelKind::from_word(&self.model))?;
        let missing = |what: &str| StoreError::Inconsistent(format!("a {} charge without {what}", kind.as_str()));
        let tiers = |tiers| Tiers::new(tiers).map_err(|_| missing("valid tiers"));
        let priced = match kind {
            ModelKind::Fee => {
                let timing = known("timing", &self.timing, Timing::from_word(&self.timing))?;
                let basis = if self.per_seat { FeeBasis::Seat } else { FeeBasis::Subscription };
                Charge::Fee(Fee { minor: self.fee_minor.ok_or_else(|| missing("a fee"))?, basis, timing })
            }
            kind => {
                let model = match kind {
                    ModelKind::Graduated => Model::Graduated(tiers(stored)?),
                    ModelKind::Volume => Model::Volume(tiers(stored)?),
                    ModelKind::Package => Model::Package {
                        size: quantity(self.package_size.ok_or_else(|| missing("a package"))?)?,
                        minor: self.package_minor.ok_or_else(|| missing("a package"))?,
                    },
                    ModelKind::Fee | ModelKind::PerUnit => {
                        Model::PerUnit(unit_price(self.unit_price.ok_or_else(|| missing("a price"))?)?)
                    }
                };
                let included = quantity(self.included.ok_or_else(|| missing("an included quantity"))?)?;
                Charge::Metered(Metered { included, model })
            }
        };
        let meter = self.meter_id.zip(self.meter).zip(self.unit);
        Ok(ChargeRow {
            name: self.name,
            product_id: ProductId::from_uuid(self.product_id),
            product: self.product,
            meter: meter.map(|((id, name), unit)| ChargeMeter { id: MeterId::from_uuid(id), name, unit }),
            charge: priced,
        })
    }
}
