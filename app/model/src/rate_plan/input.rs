//! The prices of a version as the editor posts them.
//!
//! A form has one control for each value, and a control's name is the path to its value:
//!
//! | control | value |
//! |---|---|
//! | `minimum` | amount per period, or empty |
//! | `note` | text of several lines |
//! | `charges.0.name` | text |
//! | `charges.0.product` | product ID; used by fees only |
//! | `charges.0.meter` | meter ID; used by prices of usage only |
//! | `charges.0.model` | `fee`, `per_unit`, `graduated`, `volume` or `package` |
//! | `charges.0.timing` | `arrears` or `advance`; used by fees only |
//! | `charges.0.per_seat` | `on`, or absent; used by fees only |
//! | `charges.0.fee` | amount; used by fees only |
//! | `charges.0.unit_price` | price of a unit; used by `per_unit` only |
//! | `charges.0.included` | quantity, or empty; not used by fees |
//! | `charges.0.package_size`, `charges.0.package_price` | quantity and amount; used by `package` only |
//! | `charges.0.tiers.0.up_to` | quantity; empty in the last tier |
//! | `charges.0.tiers.0.unit_price`, `charges.0.tiers.0.flat` | price of a unit; amount, or empty |
//!
//! Errors have the same names. Numbers of charges and tiers count from 0. They may have gaps, which are closed when a
//! form is read; errors count without the gaps.

use super::{kind::ModelKind, plan::Version};
use crate::{
    money::Money,
    pricing::charge::{Charge, FeeBasis, Model, Tier, Tiers},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Largest number of charges of a version.
pub const MAX_CHARGES: usize = 50;
/// Largest number of tiers of a charge.
pub const MAX_TIERS: usize = 20;

/// Unvalidated prices of a version. Serialized as a list of controls and their values, which is also the form of a
/// posted body.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(String, String)>", into = "Vec<(String, String)>")]
pub struct VersionInput {
    /// Control `minimum`.
    pub minimum: String,
    /// Control `note`.
    pub note: String,
    /// Controls `charges.0…`. One more than [`MAX_CHARGES`] is kept, so that the limit can be reported.
    pub charges: Vec<ChargeInput>,
}

/// Unvalidated form data of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChargeInput {
    /// Control `name`.
    pub name: String,
    /// Control `product`.
    pub product: String,
    /// Control `meter`.
    pub meter: String,
    /// Control `model`.
    pub model: String,
    /// Control `timing`.
    pub timing: String,
    /// Control `per_seat`.
    pub per_seat: String,
    /// Control `fee`.
    pub fee: String,
    /// Control `unit_price`.
    pub unit_price: String,
    /// Control `included`.
    pub included: String,
    /// Control `package_size`.
    pub package_size: String,
    /// Control `package_price`.
    pub package_price: String,
    /// Controls `tiers.0…`. One more than [`MAX_TIERS`] is kept, so that the limit can be reported.
    pub tiers: Vec<TierInput>,
}

/// Unvalidated form data of a tier.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TierInput {
    /// Control `up_to`.
    pub up_to: String,
    /// Control `unit_price`.
    pub unit_price: String,
    /// Control `flat`.
    pub flat: String,
}

impl TierInput {
    /// Returns `true` if nothing was typed.
    pub fn is_blank(&self) -> bool {
        [&self.up_to, &self.unit_price, &self.flat].into_iter().all(|value| value.trim().is_empty())
    }

    fn set(&mut self, control: &str, value: String) {
        match control {
            "up_to" => self.up_to = value,
            "unit_price" => self.unit_price = value,
            "flat" => self.flat = value,
            _ => {}
        }
    }

    fn controls(&self) -> [(&'static str, &str); 3] {
        [("up_to", &self.up_to), ("unit_price", &self.unit_price), ("flat", &self.flat)]
    }
}

impl ChargeInput {
    /// Returns `true` if nothing was typed or chosen. Model and timing don't count: their controls always have a value.
    pub fn is_blank(&self) -> bool {
        let mut chosen = self.controls().into_iter().filter(|(control, _)| !matches!(*control, "model" | "timing"));
        chosen.all(|(_, value)| value.trim().is_empty()) && self.tiers.iter().all(TierInput::is_blank)
    }

    fn set(&mut self, control: &str, value: String) {
        match control {
            "name" => self.name = value,
            "product" => self.product = value,
            "meter" => self.meter = value,
            "model" => self.model = value,
            "timing" => self.timing = value,
            "per_seat" => self.per_seat = value,
            "fee" => self.fee = value,
            "unit_price" => self.unit_price = value,
            "included" => self.included = value,
            "package_size" => self.package_size = value,
            "package_price" => self.package_price = value,
            _ => {}
        }
    }

    fn controls(&self) -> [(&'static str, &str); 11] {
        [
            ("name", &self.name),
            ("product", &self.product),
            ("meter", &self.meter),
            ("model", &self.model),
            ("timing", &self.timing),
            ("per_seat", &self.per_seat),
            ("fee", &self.fee),
            ("unit_price", &self.unit_price),
            ("included", &self.included),
            ("package_size", &self.package_size),
            ("package_price", &self.package_price),
        ]
    }
}

/// Reads a number of a charge or tier in a control's name. Numbers of more than 4 digits are not read.
fn number(text: &str) -> Option<usize> {
    (!text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[derive(Default)]
struct Gathered {
    charge: ChargeInput,
    tiers: BTreeMap<usize, TierInput>,
}

impl VersionInput {
    /// Reads the controls of a form. Controls that no version has are ignored. Of controls with the same name, the first
    /// counts.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut input = Self::default();
        let mut charges = BTreeMap::<usize, Gathered>::new();
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        // The first of equal names is set last.
        pairs.reverse();
        for (name, value) in pairs {
            let parts: Vec<&str> = name.split('.').take(6).collect();
            match parts.as_slice() {
                ["minimum"] => input.minimum = value,
                ["note"] => input.note = value,
                ["charges", charge, control] => {
                    if let Some(charge) = number(charge) {
                        charges.entry(charge).or_default().charge.set(control, value);
                    }
                }
                ["charges", charge, "tiers", tier, control] => {
                    if let (Some(charge), Some(tier)) = (number(charge), number(tier)) {
                        let charge = charges.entry(charge).or_default();
                        charge.tiers.entry(tier).or_default().set(control, value);
                    }
                }
                _ => {}
            }
        }
        input.charges = charges
            .into_values()
            .take(MAX_CHARGES + 1)
            .map(|Gathered { charge, tiers }| ChargeInput {
                tiers: tiers.into_values().take(MAX_TIERS + 1).collect(),
                ..charge
            })
            .collect();
        input
    }

    /// Returns the controls of the form, without those that are empty, except that each charge has a `model` and each
    /// tier a `unit_price`. [`from_pairs`](Self::from_pairs) returns the same input.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut add = |name: String, value: &str, always: bool| {
            if always || !value.is_empty() {
                pairs.push((name, value.to_owned()));
            }
        };
        add("minimum".to_owned(), &self.minimum, false);
        add("note".to_owned(), &self.note, false);
        for (at, charge) in self.charges.iter().enumerate() {
            for (control, value) in charge.controls() {
                add(format!("charges.{at}.{control}"), value, control == "model");
            }
            for (tier_at, tier) in charge.tiers.iter().enumerate() {
                for (control, value) in tier.controls() {
                    add(format!("charges.{at}.tiers.{tier_at}.{control}"), value, control == "unit_price");
                }
            }
        }
        pairs
    }
}

impl From<Vec<(String, String)>> for VersionInput {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self::from_pairs(pairs)
    }
}

impl From<VersionInput> for Vec<(String, String)> {
    fn from(input: VersionInput) -> Self {
        input.pairs()
    }
}

impl From<&Version> for VersionInput {
    fn from(version: &Version) -> Self {
        let amount = |minor| Money { minor, currency: version.currency }.decimal();
        let charges = version.charges.iter().map(|row| {
            let named = ChargeInput {
                name: row.name.clone(),
                product: row.product_id.to_string(),
                meter: row.meter.as_ref().map(|meter| meter.id.to_string()).unwrap_or_default(),
                ..ChargeInput::default()
            };
            priced(named, &row.charge, &amount)
        });
        Self {
            minimum: version.minimum_minor.map(amount).unwrap_or_default(),
            note: version.note.clone(),
            charges: charges.collect(),
        }
    }
}

/// Returns the input with the controls of a price.
pub(super) fn priced(mut input: ChargeInput, charge: &Charge, amount: &impl Fn(i64) -> String) -> ChargeInput {
    input.model = ModelKind::of(charge).as_str().to_owned();
    let metered = match charge {
        Charge::Fee(fee) => {
            input.timing = fee.timing.as_str().to_owned();
            input.per_seat = match fee.basis {
                FeeBasis::Subscription => String::new(),
                FeeBasis::Seat => "on".to_owned(),
            };
            input.fee = amount(fee.minor);
            return input;
        }
        Charge::Metered(metered) => metered,
    };
    if !metered.included.decimal().is_zero() {
        input.included = metered.included.to_string();
    }
    let tiers = |tiers: &Tiers| tiers.bounded().map(|(_, tier)| tier_input(tier, amount)).collect();
    match &metered.model {
        Model::PerUnit(price) => input.unit_price = price.to_string(),
        Model::Graduated(list) | Model::Volume(list) => input.tiers = tiers(list),
        Model::Package { size, minor } => {
            input.package_size = size.to_string();
            input.package_price = amount(*minor);
        }
    }
    input
}

fn tier_input(tier: Tier, amount: &impl Fn(i64) -> String) -> TierInput {
    TierInput {
        up_to: tier.up_to.map(|bound| bound.to_string()).unwrap_or_default(),
        unit_price: tier.unit_price.to_string(),
        flat: if tier.flat_minor == 0 { String::new() } else { amount(tier.flat_minor) },
    }
}
