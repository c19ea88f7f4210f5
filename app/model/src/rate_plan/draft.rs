//! The prices of a version, validated.

use super::{
    input::{ChargeInput, MAX_CHARGES, MAX_TIERS, TierInput, VersionInput, priced},
    kind::ModelKind,
    plan::{PlanCharge, PlanPrices},
};
use crate::{
    currency::Currency,
    field::FieldErrors,
    id::{MeterId, ProductId},
    money::Money,
    pricing::{
        NotADecimal, Quantity, UnitPrice,
        charge::{Charge, Fee, FeeBasis, InvalidTiers, Metered, Model, Tier, Tiers, Timing},
        period::Interval,
        phase::Prices,
    },
    text::{Line, paragraphs},
};
use std::collections::HashSet;

/// Validated prices of a version. They may have no charge yet, which only publishing demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionDraft {
    /// Currency of all amounts, which is that of the plan.
    pub currency: Currency,
    /// Minimum per period in minor units, not negative; `None` without a minimum.
    pub minimum_minor: Option<i64>,
    /// At most 500 characters.
    pub note: String,
    /// At most [`MAX_CHARGES`]. No two have the same meter.
    pub charges: Vec<ChargeDraft>,
}

/// A validated charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeDraft {
    /// 1 to 80 characters.
    pub name: Line,
    /// What is charged for, and the price.
    pub priced: Priced,
}

/// What a charge is for, and its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Priced {
    /// A fee for a product of the same workspace, enforced by the database.
    Fee {
        /// The product.
        product: ProductId,
        /// The price.
        fee: Fee,
    },
    /// A price for the usage of a meter of the same workspace, enforced by the database. The product is the meter's.
    Usage {
        /// The meter.
        meter: MeterId,
        /// The price.
        price: Metered,
    },
}

impl ChargeDraft {
    /// Returns the price for computing.
    pub fn charge(&self) -> Charge {
        match &self.priced {
            Priced::Fee { fee, .. } => Charge::Fee(*fee),
            Priced::Usage { price, .. } => Charge::Metered(price.clone()),
        }
    }

    /// Returns the meter whose usage is priced. `None` for a fee.
    pub const fn meter(&self) -> Option<MeterId> {
        match self.priced {
            Priced::Fee { .. } => None,
            Priced::Usage { meter, .. } => Some(meter),
        }
    }
}

impl VersionDraft {
    /// Returns a version without charges.
    pub const fn empty(currency: Currency) -> Self {
        Self { currency, minimum_minor: None, note: String::new(), charges: Vec::new() }
    }

    /// Returns the prices for computing.
    pub fn prices(&self) -> Prices {
        Prices {
            currency: self.currency,
            charges: self.charges.iter().map(ChargeDraft::charge).collect(),
            minimum_minor: self.minimum_minor,
        }
    }

    /// Returns the prices with what each charge is for.
    pub fn plan_prices(&self, interval: Interval) -> PlanPrices {
        let of = |charge: &ChargeDraft| PlanCharge { name: charge.name.to_string(), meter: charge.meter() };
        PlanPrices { interval, prices: self.prices(), charges: self.charges.iter().map(of).collect() }
    }
}

impl VersionInput {
    /// Validates the prices. Charges and tiers at the end in which nothing was typed are left out.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid control, and on `charges` or `charges.0.tiers` if there are too
    /// many.
    pub fn parse(&self, currency: Currency) -> Result<VersionDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let minimum = match self.minimum.trim() {
            "" => Ok(None),
            text => Money::parse(text, currency).map(|minimum| Some(minimum.minor)),
        };
        let minimum = errors.take("minimum", minimum);
        let note = errors.take("note", paragraphs("the note", &self.note, 500));
        let filled = self.charges.iter().rposition(|charge| !charge.is_blank()).map_or(0, |last| last + 1);
        if filled > MAX_CHARGES {
            let many = format!("A version has at most {MAX_CHARGES} charges. Remove some.");
            return Err(FieldErrors::one("charges", many));
        }
        let mut meters = HashSet::new();
        let mut charges = Vec::with_capacity(filled);
        for (at, input) in self.charges.iter().take(filled).enumerate() {
            let Some(charge) = (Parsing { at, currency, errors: &mut errors }).charge(input) else { continue };
            if charge.meter().is_some_and(|meter| !meters.insert(meter)) {
                let twice: Result<(), _> = Err("Another charge of this version has this meter. Choose another meter.");
                errors.take(&format!("charges.{at}.meter"), twice);
            }
            charges.push(charge);
        }
        match (minimum, note) {
            (Some(minimum_minor), Some(note)) if errors.0.is_empty() => {
                Ok(VersionDraft { currency, minimum_minor, note, charges })
            }
            _ => Err(errors),
        }
    }
}

impl From<&VersionDraft> for VersionInput {
    fn from(draft: &VersionDraft) -> Self {
        let amount = |minor| Money { minor, currency: draft.currency }.decimal();
        let charges = draft.charges.iter().map(|charge| {
            let named = match charge.priced {
                Priced::Fee { product, .. } => ChargeInput { product: product.to_string(), ..ChargeInput::default() },
                Priced::Usage { meter, .. } => ChargeInput { meter: meter.to_string(), ..ChargeInput::default() },
            };
            priced(ChargeInput { name: charge.name.to_string(), ..named }, &charge.charge(), &amount)
        });
        Self {
            minimum: draft.minimum_minor.map(amount).unwrap_or_default(),
            note: draft.note.clone(),
            charges: charges.collect(),
        }
    }
}

/// Reading of one charge.
struct Parsing<'a> {
    at: usize,
    currency: Currency,
    errors: &'a mut FieldErrors,
}

/// Parses a quantity that is not negative.
fn quantity(text: &str) -> Result<Quantity, NotADecimal> {
    let quantity = Quantity::parse(text.trim())?;
    if quantity.is_negative() { Err(NotADecimal::Negative) } else { Ok(quantity) }
}

impl Parsing<'_> {
    /// Returns the parsed value of a control of the charge, or records the error.
    fn take<T, E: std::fmt::Display>(&mut self, control: &str, parsed: Result<T, E>) -> Option<T> {
        self.errors.take(&format!("charges.{}.{control}", self.at), parsed)
    }

    fn charge(&mut self, input: &ChargeInput) -> Option<ChargeDraft> {
        let name = self.take("name", Line::parse("a name", &input.name, 80));
        let kind = ModelKind::from_word(input.model.trim()).ok_or("Choose how the price is computed.");
        let kind = self.take("model", kind);
        let priced = match kind? {
            ModelKind::Fee => self.fee(input),
            kind => self.usage(kind, input),
        };
        Some(ChargeDraft { name: name?, priced: priced? })
    }

    fn fee(&mut self, input: &ChargeInput) -> Option<Priced> {
        let product = self.take("product", input.product.trim().parse::<ProductId>().map_err(|_| "Choose a product."));
        let fee = self.take("fee", Money::parse(&input.fee, self.currency));
        let timing = Timing::from_word(input.timing.trim()).ok_or("Choose when the fee is charged.");
        let timing = self.take("timing", timing);
        let basis = match input.per_seat.trim() {
            "" | "false" => Ok(FeeBasis::Subscription),
            "on" | "true" => Ok(FeeBasis::Seat),
            _ => Err("Choose whether the fee is per seat."),
        };
        let basis = self.take("per_seat", basis);
        Some(Priced::Fee { product: product?, fee: Fee { minor: fee?.minor, basis: basis?, timing: timing? } })
    }

    fn usage(&mut self, kind: ModelKind, input: &ChargeInput) -> Option<Priced> {
        let meter = self.take("meter", input.meter.trim().parse::<MeterId>().map_err(|_| "Choose a meter."));
        let included = match input.included.trim() {
            "" => Ok(Quantity::ZERO),
            text => quantity(text),
        };
        let included = self.take("included", included);
        let model = match kind {
            ModelKind::Fee => None,
            ModelKind::PerUnit => {
                self.take("unit_price", UnitPrice::parse(input.unit_price.trim())).map(Model::PerUnit)
            }
            ModelKind::Graduated => self.tiers(input).map(Model::Graduated),
            ModelKind::Volume => self.tiers(input).map(Model::Volume),
            ModelKind::Package => self.package(input),
        };
        Some(Priced::Usage { meter: meter?, price: Metered { included: included?, model: model? } })
    }

    fn package(&mut self, input: &ChargeInput) -> Option<Model> {
        let size = match quantity(&input.package_size) {
            Ok(size) if size == Quantity::ZERO => Err("Enter a quantity above zero.".to_owned()),
            size => size.map_err(|error| error.to_string()),
        };
        let size = self.take("package_size", size);
        let price = self.take("package_price", Money::parse(&input.package_price, self.currency));
        Some(Model::Package { size: size?, minor: price?.minor })
    }

    fn tiers(&mut self, input: &ChargeInput) -> Option<Tiers> {
        let filled = input.tiers.iter().rposition(|tier| !tier.is_blank()).map_or(0, |last| last + 1);
        if filled > MAX_TIERS {
            let many: Result<(), _> = Err(format!("A charge has at most {MAX_TIERS} tiers. Remove some."));
            self.take("tiers", many);
            return None;
        }
        let parsed: Vec<Option<Tier>> =
            input.tiers.iter().take(filled).enumerate().map(|(tier, input)| self.tier(tier, input)).collect();
        let tiers: Vec<Tier> = parsed.into_iter().collect::<Option<_>>()?;
        match Tiers::new(tiers) {
            Ok(tiers) => Some(tiers),
            Err(invalid) => {
                let control = match invalid {
                    InvalidTiers::Empty => "unit_price",
                    InvalidTiers::Unbounded(_) | InvalidTiers::Bounded(_) | InvalidTiers::NotRising(_) => "up_to",
                    InvalidTiers::Negative(_) => "flat",
                };
                self.take(&format!("tiers.{}.{control}", invalid.tier()), Err(invalid))
            }
        }
    }

    fn tier(&mut self, tier: usize, input: &TierInput) -> Option<Tier> {
        let up_to = match input.up_to.trim() {
            "" => Ok(None),
            text => quantity(text).map(Some),
        };
        let up_to = self.take(&format!("tiers.{tier}.up_to"), up_to);
        let unit_price = UnitPrice::parse(input.unit_price.trim());
        let unit_price = self.take(&format!("tiers.{tier}.unit_price"), unit_price);
        let flat = match input.flat.trim() {
            "" => Ok(0),
            text => Money::parse(text, self.currency).map(|flat| flat.minor),
        };
        let flat = self.take(&format!("tiers.{tier}.flat"), flat);
        Some(Tier { up_to: up_to?, unit_price: unit_price?, flat_minor: flat? })
    }
}
