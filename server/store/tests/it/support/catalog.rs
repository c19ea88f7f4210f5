//! Meters and rate plans for the tests, created through the store.

use super::line;
use model::{
    Currency,
    capability::EditContent,
    id::{MeterId, ProductId, RatePlanId},
    meter::{Aggregation, MeterDraft},
    pricing::{
        Quantity, UnitPrice,
        charge::{Fee, FeeBasis, Metered, Model, Tier, Tiers, Timing},
    },
    rate_plan::{ChargeDraft, Interval, Priced, RatePlanDraft, VersionDraft},
};
use std::collections::BTreeMap;
use store::{
    door::{Can, WorkspaceTx, Write},
    rate_plans::{self, DraftOutcome},
};
use time::macros::date;

/// Returns the draft of a meter that sums the property `quantity` of events with the meter's code as their type.
pub(crate) fn meter_draft(name: &str, code: &str) -> MeterDraft {
    MeterDraft {
        name: line(name),
        code: code.to_owned(),
        event_type: line(code),
        aggregation: Aggregation::Sum,
        property: Some(line("quantity")),
        filter: BTreeMap::new(),
        unit: line("call"),
        counts_from: Some(date!(2000 - 01 - 01)),
    }
}

/// Returns the draft of a monthly rate plan in euros.
pub(crate) fn plan_draft(name: &str, code: &str) -> RatePlanDraft {
    RatePlanDraft { name: line(name), code: code.to_owned(), currency: Currency::EUR, interval: Interval::Month }
}

/// Returns a fee in minor units.
pub(crate) fn fee(product: ProductId, minor: i64) -> ChargeDraft {
    let fee = Fee { minor, basis: FeeBasis::Subscription, timing: Timing::Advance };
    ChargeDraft { name: line("Base fee"), priced: Priced::Fee { product, fee } }
}

/// Returns a price per unit.
pub(crate) fn per_unit(meter: MeterId, price: &str) -> ChargeDraft {
    let model = Model::PerUnit(UnitPrice::parse(price).unwrap());
    usage(meter, model)
}

/// Returns a graduated price: `low` up to 1,000 units and half a cent above.
pub(crate) fn graduated(meter: MeterId, low: &str) -> ChargeDraft {
    let tier = |up_to, price| Tier { up_to, unit_price: UnitPrice::parse(price).unwrap(), flat_minor: 0 };
    let bound = Quantity::parse("1000").unwrap();
    let tiers = Tiers::new(vec![tier(Some(bound), low), tier(None, "0.005")]).unwrap();
    usage(meter, Model::Graduated(tiers))
}

fn usage(meter: MeterId, model: Model) -> ChargeDraft {
    let price = Metered { included: Quantity::ZERO, model };
    ChargeDraft { name: line("Calls"), priced: Priced::Usage { meter, price } }
}

/// Returns a version in euros with these charges.
pub(crate) fn version(charges: Vec<ChargeDraft>) -> VersionDraft {
    VersionDraft { charges, ..VersionDraft::empty(Currency::EUR) }
}

/// Saves the first revision of a draft.
pub(crate) async fn save(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    plan: RatePlanId,
    number: i32,
    draft: &VersionDraft,
) {
    let saved = rate_plans::save_draft(tx, can, plan, number, 1, draft).await.unwrap();
    assert_eq!(saved, DraftOutcome::Done(2), "the draft was not saved");
}

/// Saves the first revision of a draft and publishes it.
pub(crate) async fn publish(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    plan: RatePlanId,
    number: i32,
    draft: &VersionDraft,
) {
    save(tx, can, plan, number, draft).await;
    assert_eq!(rate_plans::publish(tx, can, plan, number, 2).await.unwrap(), DraftOutcome::Done(()));
}
