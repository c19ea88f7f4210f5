//! A rate plan in a list and on its page, its versions, and the form of its name.

use crate::{
    catalog::{Lifecycle, code},
    currency::Currency,
    field::FieldErrors,
    id::{MeterId, ProductId, RatePlanId},
    moment::Moment,
    money::Money,
    pricing::{UnitPrice, charge::Charge, period::Interval, phase::Prices},
    text::Line,
};
use serde::{Deserialize, Serialize};

/// A rate plan in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RatePlanRow {
    /// Rate plan ID.
    pub id: RatePlanId,
    /// Rate plan name.
    pub name: String,
    /// Code in the API, unique in the workspace.
    pub code: String,
    /// Currency of all amounts. It never changes.
    pub currency: Currency,
    /// Length of the periods. It never changes.
    pub interval: Interval,
    /// Number of the latest published version; `None` if no version is published.
    pub version: Option<i32>,
    /// `true` if there is a draft.
    pub has_draft: bool,
    /// Lowest price of the latest published version, or else of the draft, as words for a list.
    pub lowest_price: Option<LowestPrice>,
    /// Number of charges of that version.
    pub charges: i64,
    /// Number of customers on the plan today.
    pub customers: i64,
    /// Active or archived. An archived plan is not offered for new subscriptions.
    pub status: Lifecycle,
    /// Creation time.
    pub created_at: Moment,
}

/// Lowest price of a plan, as words. Lists are in the part of the program that loads first, which therefore contains no
/// code for decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LowestPrice {
    /// `$20.00`, or `$0.0000025`.
    pub amount: String,
    /// `per month`, or `per unit`.
    pub per: String,
}

impl LowestPrice {
    /// Returns the words for the lowest fee per interval, or without a fee for the lowest price of a unit.
    pub fn of(interval: Interval, currency: Currency, fee_minor: Option<i64>, unit: Option<UnitPrice>) -> Option<Self> {
        let (amount, per) = match (fee_minor, unit) {
            (Some(minor), _) => (Money { minor, currency }.to_string(), interval.as_str()),
            (None, Some(price)) => (price.display(currency), "unit"),
            (None, None) => return None,
        };
        Some(Self { amount, per: format!("per {per}") })
    }
}

/// State of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    /// Can be edited, and is not used by subscriptions.
    Draft,
    /// Frozen: neither the version nor its charges ever change.
    Published,
}

impl VersionState {
    /// All states.
    pub const ALL: [Self; 2] = [Self::Draft, Self::Published];

    /// Returns the name stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
        }
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Returns the display name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Published => "Published",
        }
    }
}

/// A version in the list of a plan's versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// Number within the plan, from 1.
    pub number: i32,
    /// Draft or published.
    pub state: VersionState,
    /// Time of publication. `None` for a draft.
    pub published_at: Option<Moment>,
    /// Name of the user who published it. `None` for a draft, and if it is not known.
    pub published_by: Option<String>,
    /// What is new in the version.
    pub note: String,
    /// Number of customers on the version today.
    pub customers: i64,
}

/// Data of a plan's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RatePlanDetail {
    /// Fields shared with the list.
    pub row: RatePlanRow,
    /// Versions, newest first, at most 200.
    pub versions: Vec<VersionRow>,
    /// The version that was asked for, or else the latest published one, or else the draft. `None` if the plan has no
    /// version.
    pub shown: Option<Version>,
}

impl RatePlanDetail {
    /// Returns the list entry of the shown version.
    pub fn shown_row(&self) -> Option<&VersionRow> {
        let shown = self.shown.as_ref()?;
        self.versions.iter().find(|version| version.number == shown.number)
    }

    /// Returns the number of the draft, if there is one.
    pub fn draft(&self) -> Option<i32> {
        self.versions.iter().find(|version| version.state == VersionState::Draft).map(|version| version.number)
    }
}

/// A version with its prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Number within the plan, from 1.
    pub number: i32,
    /// Draft or published.
    pub state: VersionState,
    /// Number that changes with each save of a draft. A save names the revision that it is based on.
    pub revision: i32,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Minimum per period in minor units, if there is one.
    pub minimum_minor: Option<i64>,
    /// What is new in the version.
    pub note: String,
    /// Charges, by position.
    pub charges: Vec<ChargeRow>,
}

/// A charge of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeRow {
    /// Name on invoices.
    pub name: String,
    /// ID of the product that is charged for.
    pub product_id: ProductId,
    /// Name of that product.
    pub product: String,
    /// The meter whose usage is priced. `None` exactly for a fee.
    pub meter: Option<ChargeMeter>,
    /// The price.
    pub charge: Charge,
}

/// The meter of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeMeter {
    /// Meter ID.
    pub id: MeterId,
    /// Meter name.
    pub name: String,
    /// Name of one unit.
    pub unit: String,
}

impl Version {
    /// Returns the prices for computing.
    pub fn prices(&self) -> Prices {
        Prices {
            currency: self.currency,
            charges: self.charges.iter().map(|row| row.charge.clone()).collect(),
            minimum_minor: self.minimum_minor,
        }
    }
}

/// The prices of a published or draft version, for computing amounts of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPrices {
    /// Length of the periods.
    pub interval: Interval,
    /// The prices.
    pub prices: Prices,
    /// What each charge of `prices` is for, by position.
    pub charges: Vec<PlanCharge>,
}

/// What a charge is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanCharge {
    /// Name on invoices.
    pub name: String,
    /// The meter whose usage is priced. `None` exactly for a fee.
    pub meter: Option<MeterId>,
}

/// Unvalidated form data of a rate plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RatePlanInput {
    /// Control `name`.
    pub name: String,
    /// Control `code`.
    pub code: String,
    /// Control `currency`: an ISO 4217 code. Ignored when an existing plan is saved.
    pub currency: String,
    /// Control `interval`: `month`, `quarter` or `year`. Ignored when an existing plan is saved.
    pub interval: String,
}

/// Validated form data of a rate plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatePlanDraft {
    /// 1 to 80 characters.
    pub name: Line,
    /// 2 to 40 characters of `a-z 0-9 _ -`.
    pub code: String,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Length of the periods.
    pub interval: Interval,
}

impl RatePlanInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self) -> Result<RatePlanDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let currency = Currency::from_code(&self.currency.trim().to_ascii_uppercase());
        let parsed = (
            errors.take("name", Line::parse("a name", &self.name, 80)),
            errors.take("code", code(&self.code)),
            errors.take("currency", currency.ok_or("Choose a currency.")),
            errors.take("interval", Interval::from_word(self.interval.trim()).ok_or("Choose an interval.")),
        );
        match parsed {
            (Some(name), Some(code), Some(currency), Some(interval)) => {
                Ok(RatePlanDraft { name, code, currency, interval })
            }
            _ => Err(errors),
        }
    }
}

impl From<&RatePlanRow> for RatePlanInput {
    fn from(row: &RatePlanRow) -> Self {
        Self {
            name: row.name.clone(),
            code: row.code.clone(),
            currency: row.currency.code().to_owned(),
            interval: row.interval.as_str().to_owned(),
        }
    }
}
