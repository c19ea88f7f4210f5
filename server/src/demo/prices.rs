//! Meters and rate plans of the example data, with published versions and drafts.

use super::{catalogue::Billing, history, outcome::DemoError};
use model::{
    Currency, Money,
    capability::EditContent,
    id::{MeterId, ProductId, RatePlanId},
    meter::MeterInput,
    rate_plan::{ChargeInput, Interval, RatePlanInput, TierInput, VersionDraft, VersionInput},
};
use store::{
    door::{Can, WorkspaceTx, Write},
    meters,
    rate_plans::{self, DraftOutcome},
};

/// How the price of a plan is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One fee, or one price per unit.
    Plain,
    /// A fee per seat.
    Seats,
    /// Graduated tiers.
    Graduated,
    /// Volume tiers.
    Volume,
    /// Packages of 100 units.
    Package,
    /// A fee per seat and a price per unit, with a minimum.
    Minimum,
    /// Two published versions and a draft, which adds included usage.
    Revised,
}

/// Plans of the catalogues that are not plain.
const SHAPES: &[(&str, Shape)] = &[
    ("VPN Team", Shape::Seats),
    ("Storage Standard", Shape::Graduated),
    ("Storage Archive", Shape::Volume),
    ("Backup On demand", Shape::Package),
    ("Desk Retainer", Shape::Minimum),
    ("Monitoring Standard", Shape::Revised),
    ("Text Pay as you go", Shape::Graduated),
    ("Embeddings Pay as you go", Shape::Volume),
    ("Images Pay as you go", Shape::Package),
    ("Fine-tuning Team", Shape::Minimum),
    ("Text Scale", Shape::Revised),
    ("Cards Pay as you go", Shape::Graduated),
    ("Debit Pay as you go", Shape::Volume),
    ("Payouts Pay as you go", Shape::Package),
    ("Exchange Desk", Shape::Minimum),
    ("Accounts Single", Shape::Revised),
];

/// Returns the shape of a plan of the catalogues.
pub(super) fn shape(plan: &str) -> Shape {
    SHAPES.iter().find(|(name, _)| *name == plan).map_or(Shape::Plain, |(_, shape)| *shape)
}

/// A plan to create.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offer<'a> {
    /// Name of the plan.
    pub(super) name: &'a str,
    /// Price of a period or unit in minor units.
    pub(super) minor: i64,
    /// What the price is for.
    pub(super) billing: Billing,
    /// How the price is made up.
    pub(super) shape: Shape,
    /// Currency of the price.
    pub(super) currency: Currency,
}

/// Returns the form of a meter that sums the usage of a product.
pub(super) fn meter(name: &str, code: &str, unit: &str) -> MeterInput {
    MeterInput {
        name: name.to_owned(),
        code: code.to_owned(),
        event_type: code.to_owned(),
        aggregation: "sum".to_owned(),
        property: "quantity".to_owned(),
        filter: String::new(),
        unit: unit.to_owned(),
        // Earlier than all history.
        counts_from: "2020-01-01".to_owned(),
    }
}

/// Creates the meter of a product.
pub(super) async fn write_meter(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    product: ProductId,
    input: &MeterInput,
) -> Result<MeterId, DemoError> {
    let draft = input.parse().map_err(|_| DemoError::Example(input.code.clone()))?;
    Ok(meters::create(tx, can, product, &draft).await?.id)
}

/// Creates a rate plan for a product and its meter.
pub(super) async fn write_plan(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    offer: Offer<'_>,
    product: ProductId,
    meter: MeterId,
) -> Result<RatePlanId, DemoError> {
    let wrong = || DemoError::Example(offer.name.to_owned());
    let plan = rate_plans::create(tx, can, &offer.plan().parse().map_err(|_| wrong())?).await?;
    for (number, input) in (1..).zip(offer.versions(product, meter)) {
        if number > 1 {
            rate_plans::new_draft(tx, can, plan).await?;
        }
        let draft: VersionDraft = input.parse(offer.currency).map_err(|_| wrong())?;
        let saved = rate_plans::save_draft(tx, can, plan, number, 1, &draft).await?;
        let DraftOutcome::Done(revision) = saved else { return Err(wrong()) };
        let is_draft = offer.shape == Shape::Revised && number == 3;
        if !is_draft && rate_plans::publish(tx, can, plan, number, revision).await? != DraftOutcome::Done(()) {
            return Err(wrong());
        }
    }
    Ok(plan)
}

impl Offer<'_> {
    /// Returns the form of the plan.
    pub(super) fn plan(self) -> RatePlanInput {
        let interval = match self.billing {
            Billing::Month | Billing::Usage => Interval::Month,
            Billing::Year => Interval::Year,
        };
        RatePlanInput {
            name: self.name.to_owned(),
            code: history::domain(self.name).chars().take(40).collect(),
            currency: self.currency.code().to_owned(),
            interval: interval.as_str().to_owned(),
        }
    }

    fn amount(self, minor: i64) -> String {
        Money { minor, currency: self.currency }.decimal()
    }

    /// Returns the forms of the versions.
    pub(super) fn versions(self, product: ProductId, meter: MeterId) -> Vec<VersionInput> {
        let of = |charges: Vec<ChargeInput>| VersionInput { charges, ..VersionInput::default() };
        let fee = |minor: i64, per_seat: &str| ChargeInput {
            name: "Base fee".to_owned(),
            product: product.to_string(),
            model: "fee".to_owned(),
            timing: "advance".to_owned(),
            per_seat: per_seat.to_owned(),
            fee: self.amount(minor),
            ..ChargeInput::default()
        };
        let usage = |model: &str| ChargeInput {
            name: "Usage".to_owned(),
            meter: meter.to_string(),
            model: model.to_owned(),
            ..ChargeInput::default()
        };
        let per_unit = |minor: i64, included: &str| ChargeInput {
            unit_price: self.amount(minor),
            included: included.to_owned(),
            ..usage("per_unit")
        };
        match self.shape {
            Shape::Plain if self.billing == Billing::Usage => vec![of(vec![per_unit(self.minor, "")])],
            Shape::Plain => vec![of(vec![fee(self.minor, "")])],
            Shape::Seats => vec![of(vec![fee(self.minor, "on")])],
            Shape::Graduated => vec![of(vec![ChargeInput { tiers: self.tiers(), ..usage("graduated") }])],
            Shape::Volume => vec![of(vec![ChargeInput { tiers: self.tiers(), ..usage("volume") }])],
            Shape::Package => vec![of(vec![ChargeInput {
                package_size: "100".to_owned(),
                package_price: self.amount(self.minor * 90),
                included: "20".to_owned(),
                ..usage("package")
            }])],
            Shape::Minimum => {
                let charges = vec![fee(self.minor / 20, "on"), per_unit((self.minor / 100).max(1), "")];
                vec![VersionInput { minimum: self.amount(self.minor), ..of(charges) }]
            }
            Shape::Revised => {
                let draft = vec![fee(self.minor, ""), per_unit((self.minor / 50).max(1), "1000")];
                vec![
                    of(vec![fee(self.minor * 9 / 10, "")]),
                    VersionInput { note: "New price from this year on.".to_owned(), ..of(vec![fee(self.minor, "")]) },
                    VersionInput { note: "Charges usage above 1,000 units.".to_owned(), ..of(draft) },
                ]
            }
        }
    }

    /// Returns three tiers, each cheaper than the one before.
    fn tiers(self) -> Vec<TierInput> {
        let tier = |up_to: &str, percent: i64| TierInput {
            up_to: up_to.to_owned(),
            unit_price: self.amount((self.minor * percent / 100).max(1)),
            flat: String::new(),
        };
        vec![tier("100", 100), tier("1000", 80), tier("", 60)]
    }
}

#[cfg(test)]
mod tests {
    use super::{super::catalogue::ALL, *};
    use model::rate_plan::{ModelKind, VersionDraft};
    use uuid::Uuid;

    #[test]
    fn the_examples_are_valid_forms_and_have_every_model() {
        let (product, meter) = (ProductId::from_uuid(Uuid::nil()), MeterId::from_uuid(Uuid::nil()));
        for catalogue in ALL {
            let mut versions: Vec<VersionDraft> = Vec::new();
            for (_, plan) in catalogue.plans() {
                let (name, currency) = (plan.0, catalogue.currency);
                let offer = Offer { name, minor: plan.1, billing: plan.2, shape: shape(name), currency };
                assert!(offer.plan().parse().is_ok(), "{name}");
                for version in offer.versions(product, meter) {
                    versions.push(version.parse(currency).unwrap_or_else(|errors| panic!("{name}: {errors:?}")));
                }
            }
            for kind in ModelKind::ALL {
                let has = |draft: &VersionDraft| draft.charges.iter().any(|of| ModelKind::of(&of.charge()) == kind);
                assert!(versions.iter().any(has), "{} has no {kind:?}", catalogue.name);
            }
            assert!(versions.iter().any(|draft| draft.minimum_minor.is_some()), "{}", catalogue.name);
            for product in catalogue.products {
                assert!(super::meter(product.name, product.code, product.unit).parse().is_ok(), "{}", product.name);
            }
        }
    }
}
