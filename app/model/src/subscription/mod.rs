//! Subscriptions: a customer is on plan versions from day to day.
//!
//! - [`schedule`]: phases, billing periods and changes, as pure functions of days.
//! - [`bill`]: what the next invoices become, before and after a change.
//! - [`input`], [`change`]: forms of a new subscription and of a change.

pub mod bill;
pub mod change;
pub mod input;
pub mod schedule;
pub mod words;

pub use bill::{Bill, BillLine, Comparison, SoFar, Terms};
pub use change::{Change, ChangeInput, ChangeKind};
pub use input::{NewSubscription, NewSubscriptionInput, SEATS_MAX};
pub use schedule::{Phase, PlanVersion, Schedule, State};

use crate::{
    currency::Currency,
    id::{CustomerId, RatePlanId, SubscriptionId},
    pricing::period::Interval,
};
use serde::{Deserialize, Serialize};
use time::Date;

/// Maximum number of subscriptions of a customer, including ended ones.
pub const SUBSCRIPTIONS_MAX: usize = 500;

/// Maximum number of phases of a subscription.
pub const PHASES_MAX: usize = 100;

/// A subscription in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionRow {
    /// Subscription ID.
    pub id: SubscriptionId,
    /// Customer ID.
    pub customer_id: CustomerId,
    /// Customer name.
    pub customer: String,
    /// ID in another system, unique in the workspace.
    pub external_id: Option<String>,
    /// Plan in force today, or else the first before the start and the last after the end.
    pub plan_id: RatePlanId,
    /// Name of that plan; `None` for guests, who can't read rate plans.
    pub plan: Option<String>,
    /// Version of that plan.
    pub version: i32,
    /// Number of seats in that phase.
    pub seats: u32,
    /// Currency of all amounts.
    pub currency: Currency,
    /// First day.
    pub starts_on: Date,
    /// First day after the subscription; `None` if it has no end.
    pub ends_on: Option<Date>,
    /// State today.
    pub state: State,
}

impl SubscriptionRow {
    /// Returns the last day; `None` if the subscription has no end.
    pub fn last_on(&self) -> Option<Date> {
        self.ends_on.and_then(Date::previous_day)
    }

    /// Returns the name of the plan for display.
    pub fn plan_name(&self) -> String {
        self.plan.clone().unwrap_or_else(|| "Subscription".to_owned())
    }
}

/// Data of a subscription's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionDetail {
    /// Fields shared with the list.
    pub row: SubscriptionRow,
    /// Days and phases.
    pub schedule: Schedule,
    /// Today, in the workspace's time zone.
    pub today: Date,
    /// The current period so far; `None` if the subscription does not run today, and for guests.
    pub so_far: Option<SoFar>,
    /// The next invoices, at most 2. Empty for guests, who can't read prices.
    pub bills: Vec<Bill>,
    /// Why the invoices can't be computed, if they can't.
    pub unpriced: Option<String>,
}

/// A plan to choose for a subscription: its latest published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedPlan {
    /// Plan ID.
    pub id: RatePlanId,
    /// Plan name.
    pub name: String,
    /// Latest published version.
    pub version: i32,
    /// Currency.
    pub currency: Currency,
    /// Length of the periods.
    pub interval: Interval,
}

impl OfferedPlan {
    /// Returns the name with currency and interval, for a list of choices.
    pub fn label(&self) -> String {
        let every = match self.interval {
            Interval::Month => "monthly",
            Interval::Quarter => "quarterly",
            Interval::Year => "yearly",
        };
        format!("{} v{} · {} · {every}", self.name, self.version, self.currency.code())
    }

    /// Returns the version that is offered.
    pub fn plan_version(&self) -> PlanVersion {
        PlanVersion { plan: self.id, version: self.version, name: self.name.clone(), interval: self.interval }
    }
}

/// Invoices without and with a change, or why they can't be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preview {
    /// Invoices from the first that is affected, at most 2.
    pub invoices: Vec<Comparison>,
    /// What the preview is of: a sentence.
    pub what: String,
    /// Problem in a sentence, if the change does not fit or can't be computed.
    pub problem: Option<String>,
}

/// Data of the page of a new subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSubscriptionPage {
    /// Customer ID.
    pub customer_id: CustomerId,
    /// Customer name.
    pub customer: String,
    /// Values of the fields.
    pub input: NewSubscriptionInput,
    /// Active plans with a published version, by name.
    pub plans: Vec<OfferedPlan>,
    /// Preview of `input`.
    pub preview: Preview,
}

/// Data of the page that changes a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangePage {
    /// The subscription.
    pub row: SubscriptionRow,
    /// Today, in the workspace's time zone.
    pub today: Date,
    /// Values of the fields.
    pub input: ChangeInput,
    /// Active plans in the subscription's currency, by name.
    pub plans: Vec<OfferedPlan>,
    /// Preview of `input`.
    pub preview: Preview,
}

/// Data of the page that moves subscriptions to another version of their plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovePage {
    /// Plan ID.
    pub plan_id: RatePlanId,
    /// Plan name.
    pub plan: String,
    /// Published version to move to.
    pub to: i32,
    /// Published versions that subscriptions are on, with the number of subscriptions, by version.
    pub from: Vec<(i32, i64)>,
}
