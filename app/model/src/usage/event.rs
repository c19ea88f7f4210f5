//! Events of a workspace, and the state of its ingestion.

use super::{adjustment::UsageAdjustment, measure::Measure};
use crate::{
    id::{CustomerId, EventKey, MeterId, ProductId},
    list::{Cursor, Position},
    moment::Moment,
    pricing::Quantity,
};
use serde::{Deserialize, Serialize};
use time::Date;

/// Maximum length of a filter, in characters. The rest is ignored.
const FILTER_MAX: usize = 200;

/// An event in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// Key in the workspace.
    pub key: EventKey,
    /// Source, as sent.
    pub source: String,
    /// Id, as sent. Unique for its source.
    pub id: String,
    /// Type, as sent.
    pub kind: String,
    /// Customer who caused the event.
    pub customer_id: CustomerId,
    /// Name of that customer.
    pub customer: String,
    /// Time of the event.
    pub occurred_at: Moment,
    /// Time when it was stored.
    pub received_at: Moment,
}

/// Data of an event's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDetail {
    /// Fields shared with the list.
    pub row: EventRow,
    /// Subject, as sent.
    pub subject: String,
    /// Day to which the event counts.
    pub day: Date,
    /// How the event came: `api`, `import` or `console`.
    pub origin: String,
    /// Data as indented JSON. `None` after its retention.
    pub data: Option<String>,
    /// Meters that count the event, by name. Empty for guests, who can't read meters.
    pub counted: Vec<Counted>,
}

/// A meter that counts an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Meter.
    pub meter_id: MeterId,
    /// Name of the meter.
    pub meter: String,
    /// Product of the meter.
    pub product_id: ProductId,
    /// Name of the product.
    pub product: String,
    /// Value that the meter takes from the event: a quantity with its unit, or the text that is counted once.
    pub value: String,
}

/// Query of the event list as encoded in a URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct EventQuery {
    /// Beginning of the id. Empty for all events.
    pub id: String,
    /// Only events of this customer.
    pub customer: Option<CustomerId>,
    /// Only events of this type. Empty for all events.
    pub kind: String,
    /// Only events from this source. Empty for all events.
    pub source: String,
    /// Position of the page.
    pub position: Position,
}

impl EventQuery {
    /// Parses the decoded parameters of a query string. Invalid parameters are ignored.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let text = |value: &str| value.trim().chars().filter(|c| !c.is_control()).take(FILTER_MAX).collect::<String>();
        let mut query = Self::default();
        for (name, value) in pairs {
            match name {
                "id" => query.id = text(value).trim_end().to_owned(),
                "customer" => query.customer = value.parse().ok(),
                "type" => query.kind = text(value).trim_end().to_owned(),
                "source" => query.source = text(value).trim_end().to_owned(),
                "after" => query.position = Cursor::parse(value).map_or(Position::First, Position::After),
                "before" => query.position = Cursor::parse(value).map_or(Position::First, Position::Before),
                _ => {}
            }
        }
        query
    }

    /// Returns the parameters of the query string. Defaults are omitted.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let customer = self.customer.map(|id| id.to_string()).unwrap_or_default();
        let (before, after) = match &self.position {
            Position::First => (String::new(), String::new()),
            Position::After(cursor) => (String::new(), cursor.to_string()),
            Position::Before(cursor) => (cursor.to_string(), String::new()),
        };
        [
            ("id", self.id.clone()),
            ("customer", customer),
            ("type", self.kind.clone()),
            ("source", self.source.clone()),
            ("after", after),
            ("before", before),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
    }

    /// Returns the query for the events of a customer.
    pub fn of(customer: CustomerId) -> Self {
        Self { customer: Some(customer), ..Self::default() }
    }

    /// Returns the query for the events whose id is or begins with `text`, if it looks like an id: one word of at least 8
    /// characters with at least 4 digits, such as a UUID, a ULID or `use-000042`.
    pub fn pasted(text: &str) -> Option<Self> {
        let text = text.trim();
        let length = text.chars().count();
        let is_word = !text.chars().any(|c| c.is_whitespace() || c.is_control());
        let digits = text.chars().filter(char::is_ascii_digit).count();
        ((8..=FILTER_MAX).contains(&length) && is_word && digits >= 4)
            .then(|| Self { id: text.to_owned(), ..Self::default() })
    }

    /// Returns the same filter at another position.
    #[must_use]
    pub fn at(&self, position: Position) -> Self {
        Self { position, ..self.clone() }
    }

    /// Returns `true` if any filter is set.
    pub fn is_narrowed(&self) -> bool {
        !self.id.is_empty() || self.customer.is_some() || !self.kind.is_empty() || !self.source.is_empty()
    }
}

/// One page of events, those that were received last first. Events are not counted, so that the page costs the same for
/// any number of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPage {
    /// The query that was executed.
    pub query: EventQuery,
    /// Name of the customer in the filter, if the workspace has that customer.
    pub customer: Option<String>,
    /// Name of the workspace's time zone.
    pub time_zone: String,
    /// Events of the page.
    pub rows: Vec<EventRow>,
    /// Cursor of the page of newer events. `None` on the first page.
    pub newer: Option<Cursor>,
    /// Cursor of the page of older events. `None` on the last page.
    pub older: Option<Cursor>,
}

/// State of the ingestion of events.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Health {
    /// Time when the last event was stored.
    pub last_event: Option<Moment>,
    /// Number of events that were stored today.
    pub accepted: i64,
    /// Number of events today that had been stored before.
    pub duplicate: i64,
    /// Number of those accepted events that count to an earlier day.
    pub late: i64,
    /// Number of events that were refused today.
    pub refused: i64,
    /// Number of today's refused events by code, most first. Counts the kept refusals only.
    pub codes: Vec<(String, i64)>,
    /// Last refused events, at most 20.
    pub refusals: Vec<RefusedEvent>,
    /// Subjects of refused events that mean no customer, at most 20.
    pub unknown: Vec<UnknownSubject>,
}

/// An event that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedEvent {
    /// Time of the request.
    pub at: Moment,
    /// Code of the refusal: `unknown_customer`.
    pub code: String,
    /// Source, as sent.
    pub source: String,
    /// Id, as sent.
    pub id: String,
    /// Type, as sent.
    pub kind: String,
    /// Subject, as sent.
    pub subject: String,
    /// The reason in words, or the beginning of the event.
    pub text: String,
}

/// A subject that means no customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownSubject {
    /// Subject, as sent.
    pub subject: String,
    /// Number of kept refusals.
    pub events: i64,
    /// Time of the last one.
    pub last: Moment,
}

/// Usage of a meter on the page of its product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterUse {
    /// Meter.
    pub meter_id: MeterId,
    /// How the quantities were computed.
    pub measure: Measure,
    /// Quantity of each of the last 30 days, oldest first.
    pub days: Vec<Quantity>,
    /// Last day that has usage.
    pub last_day: Option<Date>,
    /// Time when the last event of the meter's type was stored. `None` if it is not among the newest events of the
    /// workspace.
    pub last_event: Option<Moment>,
}

/// Usage of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CustomerUsage {
    /// Meters with usage in the last 30 days.
    pub meters: Vec<MeterDays>,
    /// Latest events, at most 10.
    pub events: Vec<EventRow>,
    /// Latest adjustments, at most 10.
    pub adjustments: Vec<UsageAdjustment>,
}

/// A customer's usage of a meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterDays {
    /// Name of the meter. For guests, who can't read meters, empty.
    pub meter: String,
    /// Name of the product. For guests, who can't read products, empty.
    pub product: String,
    /// Unit of the quantities.
    pub unit: String,
    /// How the quantities were computed.
    pub measure: Measure,
    /// Quantity of each of the last 30 days, oldest first.
    pub days: Vec<Quantity>,
    /// Quantity of all of these days.
    pub total: Quantity,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn a_query_round_trips_through_its_url(
            id in "[a-z0-9_é&=%-]{0,12}", customer in prop::option::of(any::<u128>()), kind in "[a-z.]{0,8}",
            source in "[a-z:/]{0,8}", position in 0u8..3, key in "[0-9]{1,12}", at in any::<u128>(),
        ) {
            let cursor = Cursor { key, id: Uuid::from_u128(at) };
            let position = match position {
                0 => Position::First,
                1 => Position::After(cursor),
                _ => Position::Before(cursor),
            };
            let customer = customer.map(|id| CustomerId::from_uuid(Uuid::from_u128(id)));
            let query = EventQuery { id, customer, kind, source, position };
            let pairs = query.pairs();
            prop_assert_eq!(EventQuery::from_pairs(pairs.iter().map(|(k, v)| (*k, v.as_str()))), query);
        }
    }

    #[test]
    fn a_pasted_text_that_looks_like_an_id_is_looked_for() {
        for id in ["018f4d9e-6a5b-7c3d-9e1f-2a3b4c5d6e7f", "01ARZ3NDEKTSV4RRFFQ69G5FAV", " use-000042\n", "evt_1234"] {
            assert_eq!(EventQuery::pasted(id).map(|query| query.id).as_deref(), Some(id.trim()));
        }
        for text in ["", "12345", "globalai-finance", "q4-2026", "invoices of 2026", &"1".repeat(201)] {
            assert_eq!(EventQuery::pasted(text), None, "{text}");
        }
    }

    #[test]
    fn filters_are_trimmed_and_bad_ones_ignored() {
        let long = "x".repeat(500);
        let query = EventQuery::from_pairs([("id", " ev\0_1 "), ("customer", "1"), ("type", &long), ("after", "x")]);
        assert_eq!((query.id.as_str(), query.customer, query.kind.len()), ("ev_1", None, FILTER_MAX));
        assert_eq!(query.position, Position::First);
    }
}
