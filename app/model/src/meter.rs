//! Meters: what a workspace counts of the events that it receives.

use crate::{
    calendar::parse_day,
    catalog::{Lifecycle, code},
    count::pluralize,
    field::FieldErrors,
    id::{MeterId, ProductId},
    text::Line,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::Date;

/// How a meter computes a quantity from the events that it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// Number of events.
    Count,
    /// Sum of a property.
    Sum,
    /// Largest value of a property.
    Max,
    /// Number of distinct values of a property.
    Unique,
}

impl Aggregation {
    /// All aggregations, in the order in which forms offer them.
    pub const ALL: [Self; 4] = [Self::Count, Self::Sum, Self::Max, Self::Unique];

    /// Returns the display name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Count => "Number of events",
            Self::Sum => "Sum of a property",
            Self::Max => "Largest value of a property",
            Self::Unique => "Distinct values of a property",
        }
    }

    /// Returns the name stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Max => "max",
            Self::Unique => "unique",
        }
    }

    /// Returns whether quantities add up: over days and with adjustments.
    pub const fn adds_up(self) -> bool {
        matches!(self, Self::Count | Self::Sum)
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == word)
    }
}

/// A meter. Only its name, unit and status can change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    /// Meter ID.
    pub id: MeterId,
    /// Product whose usage the meter counts.
    pub product_id: ProductId,
    /// Meter name.
    pub name: String,
    /// Code in the API, unique in the workspace.
    pub code: String,
    /// Type of the events that the meter counts.
    pub event_type: String,
    /// How the quantity is computed.
    pub aggregation: Aggregation,
    /// Property of the event data that is aggregated; `None` only for [`Aggregation::Count`].
    pub property: Option<String>,
    /// Properties that the event data must have, at most 5, with their values as text.
    pub filter: BTreeMap<String, String>,
    /// Name of one unit.
    pub unit: String,
    /// First day that is counted.
    pub counts_from: Date,
    /// Active or archived. An archived meter counts nothing.
    pub status: Lifecycle,
}

/// What became of the events that were stored before their meter was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StoredEvents {
    /// Number of events that the meter counted.
    pub counted: u64,
    /// Number of events of its type and filter that it could not count, because their property has no value that it
    /// counts.
    pub left_out: u64,
}

impl StoredEvents {
    /// Returns what became of the events as sentences, or an empty text if there were none.
    pub fn words(self) -> String {
        let events =
            |number: u64| pluralize(i64::try_from(number).unwrap_or(i64::MAX), "stored event", "stored events");
        match (self.counted, self.left_out) {
            (0, 0) => String::new(),
            (counted, 0) => format!("It counted {}.", events(counted)),
            (counted, left_out) => format!(
                "It counted {}. It left out {}, because the property is missing or no number that it counts.",
                events(counted),
                events(left_out)
            ),
        }
    }
}

/// Unvalidated form data of a new meter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MeterInput {
    /// Control `name`.
    pub name: String,
    /// Control `code`.
    pub code: String,
    /// Control `event_type`.
    pub event_type: String,
    /// Control `aggregation`: `count`, `sum`, `max` or `unique`.
    pub aggregation: String,
    /// Control `property`; empty only for `count`.
    pub property: String,
    /// Control `filter`: a line `property=value` for each property that events must have, at most 5.
    pub filter: String,
    /// Control `unit`.
    pub unit: String,
    /// Control `counts_from`: a date such as `2026-03-01`, or empty for the day of creation.
    pub counts_from: String,
}

/// Validated form data of a new meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterDraft {
    /// 1 to 80 characters.
    pub name: Line,
    /// 2 to 40 characters of `a-z 0-9 _ -`.
    pub code: String,
    /// 1 to 100 characters.
    pub event_type: Line,
    /// How the quantity is computed.
    pub aggregation: Aggregation,
    /// 1 to 60 characters; `None` exactly for [`Aggregation::Count`].
    pub property: Option<Line>,
    /// At most 5 properties of 1 to 60 characters with values of 1 to 200 characters.
    pub filter: BTreeMap<String, String>,
    /// 1 to 30 characters.
    pub unit: Line,
    /// First day that is counted; `None` for the day of creation.
    pub counts_from: Option<Date>,
}

/// Unvalidated form data of an existing meter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MeterEditInput {
    /// Control `name`.
    pub name: String,
    /// Control `unit`.
    pub unit: String,
}

/// Validated form data of an existing meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterEdit {
    /// 1 to 80 characters.
    pub name: Line,
    /// 1 to 30 characters.
    pub unit: Line,
}

/// Largest number of properties in a filter.
pub const MAX_FILTERS: usize = 5;

impl MeterInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self) -> Result<MeterDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", Line::parse("a name", &self.name, 80));
        let code = errors.take("code", code(&self.code));
        let event_type = errors.take("event_type", Line::parse("an event type", &self.event_type, 100));
        let aggregation = Aggregation::from_word(self.aggregation.trim()).ok_or("Choose what to count.");
        let aggregation = errors.take("aggregation", aggregation);
        let property = match aggregation {
            Some(Aggregation::Count) if self.property.trim().is_empty() => Ok(None),
            Some(Aggregation::Count) => Err("A meter that counts events has no property. Leave this empty.".to_owned()),
            _ => Line::parse("a property", &self.property, 60).map(Some),
        };
        let property = errors.take("property", property);
        let filter = errors.take("filter", filter(&self.filter));
        let unit = errors.take("unit", Line::parse("a unit", &self.unit, 30));
        let counts_from = match self.counts_from.trim() {
            "" => Ok(None),
            text => parse_day(text).map(Some).ok_or("Enter a date such as 2026-03-01."),
        };
        let counts_from = errors.take("counts_from", counts_from);
        let known = (name, code, event_type, aggregation, property, filter, unit, counts_from);
        match known {
            (
                Some(name),
                Some(code),
                Some(event_type),
                Some(aggregation),
                Some(property),
                Some(filter),
                Some(unit),
                Some(counts_from),
            ) => Ok(MeterDraft { name, code, event_type, aggregation, property, filter, unit, counts_from }),
            _ => Err(errors),
        }
    }
}

impl From<&MeterDraft> for MeterInput {
    fn from(draft: &MeterDraft) -> Self {
        Self {
            name: draft.name.to_string(),
            code: draft.code.clone(),
            event_type: draft.event_type.to_string(),
            aggregation: draft.aggregation.as_str().to_owned(),
            property: draft.property.as_ref().map(Line::to_string).unwrap_or_default(),
            filter: filter_lines(&draft.filter),
            unit: draft.unit.to_string(),
            counts_from: draft.counts_from.map(|day| day.to_string()).unwrap_or_default(),
        }
    }
}

impl MeterEditInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self) -> Result<MeterEdit, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", Line::parse("a name", &self.name, 80));
        let unit = errors.take("unit", Line::parse("a unit", &self.unit, 30));
        match (name, unit) {
            (Some(name), Some(unit)) => Ok(MeterEdit { name, unit }),
            _ => Err(errors),
        }
    }
}

impl From<&Meter> for MeterEditInput {
    fn from(meter: &Meter) -> Self {
        Self { name: meter.name.clone(), unit: meter.unit.clone() }
    }
}

/// Returns a filter as lines of `property=value`, which [`MeterInput`] reads.
pub fn filter_lines(filter: &BTreeMap<String, String>) -> String {
    filter.iter().map(|(property, value)| format!("{property}={value}")).collect::<Vec<_>>().join("\n")
}

/// Parses lines of `property=value`. Empty lines are ignored. Spaces around property and value are removed.
fn filter(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut filter = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (property, value) = line.split_once('=').ok_or("Write each line as property=value.")?;
        let property = Line::parse("a property before each =", property, 60)?;
        let value = Line::parse("a value after each =", value, 200)?;
        if filter.insert(property.to_string(), value.to_string()).is_some() {
            return Err(format!("Name the property {property} once only."));
        }
        if filter.len() > MAX_FILTERS {
            return Err(format!("Use at most {MAX_FILTERS} properties."));
        }
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn input() -> MeterInput {
        MeterInput {
            name: "Tokens".into(),
            code: "Tokens".into(),
            event_type: "tokens.used".into(),
            aggregation: "sum".into(),
            property: "count".into(),
            filter: "kind=prompt\r\n\r\n region = eu=1 ".into(),
            unit: "token".into(),
            counts_from: "2026-03-01".into(),
        }
    }

    #[test]
    fn parse_reports_every_invalid_field() {
        let junk = MeterInput {
            name: " ".into(),
            code: "a".into(),
            event_type: "x".repeat(101),
            aggregation: "avg".into(),
            property: String::new(),
            filter: "kind".into(),
            unit: "\u{202e}".into(),
            counts_from: "2026-02-30".into(),
        };
        let errors = junk.parse().err().unwrap_or_default();
        for field in ["name", "code", "event_type", "aggregation", "property", "filter", "unit", "counts_from"] {
            assert!(errors.of(field).is_some(), "{field} was let through");
        }
        assert!(input().parse().is_ok(), "control");
    }

    #[test]
    fn a_property_is_demanded_exactly_by_aggregations_that_need_one() {
        for aggregation in Aggregation::ALL {
            let with = |property: &str| {
                let aggregation = aggregation.as_str().to_owned();
                MeterInput { aggregation, property: property.to_owned(), ..input() }.parse().is_ok()
            };
            assert_eq!(with(""), aggregation == Aggregation::Count, "{aggregation:?} without a property");
            assert_eq!(with("x"), aggregation != Aggregation::Count, "{aggregation:?} with a property");
        }
    }

    #[test]
    fn events_that_were_left_out_are_mentioned() {
        let words = |counted, left_out| StoredEvents { counted, left_out }.words();
        assert_eq!(words(0, 0), "");
        assert_eq!(words(500, 0), "It counted 500 stored events.");
        assert!(words(1, 2).starts_with("It counted 1 stored event. It left out 2 stored events"));
    }

    #[test]
    fn a_filter_has_at_most_five_properties_each_once() {
        let read = |text: &str| MeterInput { filter: text.to_owned(), ..input() }.parse().map(|draft| draft.filter);
        let read_ok = read("kind=prompt\r\n\r\n region = eu=1 ").unwrap();
        let expected = [("kind", "prompt"), ("region", "eu=1")].map(|(p, v)| (p.to_owned(), v.to_owned()));
        assert_eq!(read_ok, BTreeMap::from(expected));
        assert!(read("a=1\nb=1\nc=1\nd=1\ne=1").is_ok());
        assert!(read("a=1\nb=1\nc=1\nd=1\ne=1\nf=1").is_err());
        assert!(read("a=1\na=2").is_err());
        assert!(read("=1").is_err());
        assert!(read("a=").is_err());
    }

    proptest! {
        #[test]
        fn junk_never_panics(text in ".{0,60}", more in "[0-9=\\-\n a-z]{0,40}") {
            let all = |text: &str| MeterInput {
                name: text.into(), code: text.into(), event_type: text.into(), aggregation: "sum".into(),
                property: text.into(), filter: text.into(), unit: text.into(), counts_from: text.into(),
            };
            let _ = all(&text).parse();
            let _ = all(&more).parse();
        }

        #[test]
        fn a_validated_meter_is_read_again_unchanged(
            name in "[a-zA-Zé ]{1,80}", code in "[a-z0-9_-]{2,40}", filter in proptest::collection::btree_map("[a-z]{1,9}", "[a-z=]{1,9}", 0..5),
            year in 1i32..9999, ordinal in 1u16..365,
        ) {
            let filter = filter_lines(&filter);
            let counts_from = Date::from_ordinal_date(year, ordinal).unwrap().to_string();
            let typed = MeterInput { name, code, filter, counts_from, ..input() };
            prop_assume!(!typed.name.trim().is_empty());
            let draft = typed.parse().unwrap();
            prop_assert_eq!(MeterInput::from(&draft).parse(), Ok(draft));
        }
    }
}
