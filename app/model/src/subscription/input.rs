//! Form of a new subscription, and what it shares with the form of a change.

use crate::{calendar::parse_day, field::FieldErrors, id::RatePlanId, text::subject};
use serde::{Deserialize, Serialize};
use time::{Date, macros::date};

/// Maximum number of seats.
pub const SEATS_MAX: u32 = 1_000_000;

/// First and last day that a form accepts.
const CALENDAR: (Date, Date) = (date!(2000 - 01 - 01), date!(2200 - 12 - 31));

/// Parses a day in the form of a date field: `2026-03-31`.
///
/// # Errors
/// An error message for the field if the text is not a day of the calendar, or is out of range.
pub fn day(text: &str) -> Result<Date, String> {
    match parse_day(text.trim()) {
        None => Err("Enter a day of the calendar, like 2026-03-31.".to_owned()),
        Some(day) if day < CALENDAR.0 || day > CALENDAR.1 => {
            Err("Choose a day between 2000-01-01 and 2200-12-31.".to_owned())
        }
        Some(day) => Ok(day),
    }
}

pub(super) fn seats(text: &str) -> Result<u32, String> {
    match text.trim().parse::<u32>() {
        Ok(seats) if (1..=SEATS_MAX).contains(&seats) => Ok(seats),
        _ => Err("Enter a whole number from 1 to 1,000,000.".to_owned()),
    }
}

pub(super) fn plan(text: &str) -> Result<RatePlanId, &'static str> {
    text.trim().parse().map_err(|_| "Choose a rate plan from the list.")
}

/// First day of the billing periods of a new subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillingDay {
    /// The day of the month on which the subscription starts.
    Start,
    /// The first of the month, so that the first period may be shorter.
    First,
}

impl BillingDay {
    /// All choices, the default first.
    pub const ALL: [Self; 2] = [Self::Start, Self::First];

    /// Returns the value of the control.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::First => "first",
        }
    }

    /// Returns the label of the choice.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Start => "The day of the month on which it starts",
            Self::First => "The first of the month (the first period is prorated)",
        }
    }

    /// Parses the value of the control. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.as_str() == word)
    }

    /// Returns the anchor of a subscription that starts on a day.
    pub fn anchor(self, starts_on: Date) -> Date {
        match self {
            Self::Start => starts_on,
            Self::First => starts_on.replace_day(1).unwrap_or(starts_on),
        }
    }
}

/// Unvalidated form data of a new subscription. Also the query of its page, for the preview without JavaScript.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewSubscriptionInput {
    /// Control `plan`: the ID of a rate plan.
    pub plan: String,
    /// Control `starts_on`: the first day.
    pub starts_on: String,
    /// Control `billing_day`: a [`BillingDay`].
    pub billing_day: String,
    /// Control `seats`.
    pub seats: String,
    /// Control `external_id`: empty for none.
    pub external_id: String,
}

/// Validated form data of a new subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubscription {
    /// An active rate plan of the workspace with a published version, which the store checks.
    pub plan: RatePlanId,
    /// First day.
    pub starts_on: Date,
    /// The periods begin on the day of the month of this date.
    pub anchor_on: Date,
    /// 1 to [`SEATS_MAX`].
    pub seats: u32,
    /// At most 200 characters.
    pub external_id: Option<String>,
}

impl NewSubscriptionInput {
    /// Names of the controls.
    const NAMES: [&str; 5] = ["plan", "starts_on", "billing_day", "seats", "external_id"];

    /// Returns the input of a new form: from the first of the month on, with one seat.
    pub fn proposed(today: Date, plan: Option<RatePlanId>) -> Self {
        Self {
            plan: plan.map(|plan| plan.to_string()).unwrap_or_default(),
            starts_on: today.replace_day(1).unwrap_or(today).to_string(),
            billing_day: BillingDay::Start.as_str().to_owned(),
            seats: "1".to_owned(),
            external_id: String::new(),
        }
    }

    fn values(&self) -> [&String; 5] {
        [&self.plan, &self.starts_on, &self.billing_day, &self.seats, &self.external_id]
    }

    /// Returns the controls that are not empty, as pairs of a query.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        pairs(Self::NAMES, self.values())
    }

    /// Reads the pairs of a query. Other pairs are ignored.
    pub fn from_pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let [plan, starts_on, billing_day, seats, external_id] = read(Self::NAMES, pairs);
        Self { plan, starts_on, billing_day, seats, external_id }
    }

    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self) -> Result<NewSubscription, FieldErrors> {
        let mut errors = FieldErrors::default();
        let billing_day = match self.billing_day.trim() {
            "" => Ok(BillingDay::Start),
            word => BillingDay::from_word(word).ok_or("Choose a billing day from the list."),
        };
        let external_id = match self.external_id.trim() {
            "" => Ok(None),
            text => subject("the external id", text).map(Some),
        };
        let parsed = (
            errors.take("plan", plan(&self.plan)),
            errors.take("starts_on", day(&self.starts_on)),
            errors.take("billing_day", billing_day),
            errors.take("seats", seats(&self.seats)),
            errors.take("external_id", external_id),
        );
        match parsed {
            (Some(plan), Some(starts_on), Some(billing_day), Some(seats), Some(external_id)) => {
                Ok(NewSubscription { plan, starts_on, anchor_on: billing_day.anchor(starts_on), seats, external_id })
            }
            _ => Err(errors),
        }
    }
}

/// Returns the controls that are not empty, as pairs of a query.
pub(super) fn pairs(names: [&'static str; 5], values: [&String; 5]) -> Vec<(&'static str, String)> {
    let all = names.into_iter().zip(values);
    all.filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.clone())).collect()
}

/// Reads the values of controls. A value that can't be one of a form is cut.
pub(super) fn read<'a>(names: [&'static str; 5], pairs: impl Iterator<Item = (&'a str, &'a str)>) -> [String; 5] {
    let mut values: [String; 5] = Default::default();
    for (name, value) in pairs {
        for (slot, known) in values.iter_mut().zip(names) {
            if known == name {
                *slot = value.chars().filter(|c| !c.is_control()).take(200).collect();
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_date_fields_send_them() {
        assert_eq!(day("2026-03-31"), Ok(date!(2026 - 03 - 31)));
        assert_eq!(day(" 2028-02-29 "), Ok(date!(2028 - 02 - 29)));
        for bad in [
            "", "2026-02-29", "2026-13-01", "31.03.2026", "2026-3-1", "2026-03-31T00:00", "+026-01-01", "1999-12-31",
            "2201-01-01",
        ] {
            assert!(day(bad).is_err(), "{bad:?} was read");
        }
    }

    #[test]
    fn parse_reports_every_invalid_field() {
        let input = NewSubscriptionInput {
            plan: "1".into(),
            starts_on: "tomorrow".into(),
            billing_day: "last".into(),
            seats: "0".into(),
            external_id: "a\u{7}".into(),
        };
        let errors = input.parse().err().unwrap_or_default();
        assert_eq!(errors.0.len(), 5);
        for bad in ["", "0", "-1", "1.5", "1000001", "x"] {
            assert!(seats(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_billing_day_is_the_start_or_the_first_of_the_month() {
        let starts_on = date!(2026 - 01 - 31);
        assert_eq!(BillingDay::Start.anchor(starts_on), starts_on);
        assert_eq!(BillingDay::First.anchor(starts_on), date!(2026 - 01 - 01));
        let plan = RatePlanId::from_uuid(uuid::Uuid::from_u128(1));
        let proposed = NewSubscriptionInput::proposed(date!(2026 - 03 - 17), Some(plan)).parse().unwrap();
        assert_eq!((proposed.starts_on, proposed.anchor_on), (date!(2026 - 03 - 01), date!(2026 - 03 - 01)));
    }
}
