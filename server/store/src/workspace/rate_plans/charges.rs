//! Writes the charges and tiers of a draft.

use crate::{
    door::{Can, WorkspaceTx, Write},
    error::{Constraint, StoreError},
};
use model::{
    capability::EditContent,
    id::{MeterId, RatePlanId},
    pricing::charge::{Charge, FeeBasis, Model, Tiers, Timing},
    rate_plan::{ModelKind, Priced, VersionDraft},
};
use sqlx::types::{Decimal, Uuid};
use std::collections::HashMap;

/// Returns the error for a rule that the database would enforce, too.
pub(super) fn refused(constraint: &str) -> StoreError {
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

/// Inserts the charges and tiers of a draft.
///
/// # Errors
/// [`StoreError::Refused`] with `rate_plan_charge_meter` or `rate_plan_charge_product` if a meter or product does not
/// belong to the workspace.
pub(super) async fn write_charges(
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
