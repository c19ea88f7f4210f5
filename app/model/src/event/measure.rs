//! What meters count of an event.

use super::{data::Property, envelope::Event, identity, refusal::Refusal};
use crate::{
    catalog::Lifecycle,
    id::MeterId,
    meter::{Aggregation, Meter},
    pricing::{NotADecimal, Quantity},
};
use uuid::Uuid;

/// What one meter counts of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// The meter.
    pub meter: MeterId,
    /// Quantity: 1 for a meter that counts events, and 0 for one that counts distinct values.
    pub quantity: Quantity,
    /// Hash of the value, for a meter that counts distinct values.
    pub distinct: Option<Uuid>,
}

/// Returns what each of `meters` counts of the event, at least one measure. An archived meter counts nothing.
///
/// A property can be a number or a string with a decimal number. Its value is never rounded, and a property that can't
/// be read is never taken as 0.
///
/// # Errors
/// [`Refusal::UnknownType`] if no active meter counts the event; [`Refusal::BadValue`] or [`Refusal::NegativeValue`] if
/// a meter can't count it, so that an event is counted by all of its meters or by none.
pub fn measure(event: &Event, meters: &[Meter]) -> Result<Vec<Measure>, Refusal> {
    let measures = meters
        .iter()
        .filter(|meter| counts(meter, event))
        .map(|meter| one(event, meter))
        .collect::<Result<Vec<_>, _>>()?;
    if measures.is_empty() { Err(Refusal::UnknownType) } else { Ok(measures) }
}

/// Returns `true` if the meter is active, and the event has its type and the properties of its filter.
fn counts(meter: &Meter, event: &Event) -> bool {
    meter.status == Lifecycle::Active
        && meter.event_type == event.kind
        && meter
            .filter
            .iter()
            .all(|(name, wanted)| event.data.property(name).and_then(Property::as_text) == Some(wanted.as_str()))
}

fn one(event: &Event, meter: &Meter) -> Result<Measure, Refusal> {
    let property = meter.property.as_deref().unwrap_or_default();
    let measure = |quantity| Measure { meter: meter.id, quantity, distinct: None };
    match meter.aggregation {
        Aggregation::Count => quantity("", "1").map(measure),
        Aggregation::Sum | Aggregation::Max => match event.data.property(property) {
            Some(Property::Number(text) | Property::Text(text)) => quantity(property, text).map(measure),
            Some(_) => Err(bad(property, "Send a number.")),
            None => Err(bad(property, "It is missing.")),
        },
        Aggregation::Unique => match event.data.property(property).map(Property::as_text) {
            Some(Some("")) => Err(bad(property, "It is empty.")),
            Some(Some(text)) => Ok(Measure { distinct: Some(identity::hash(text)), ..measure(Quantity::ZERO) }),
            Some(None) => Err(bad(property, "Send a string, a number, true or false.")),
            None => Err(bad(property, "It is missing.")),
        },
    }
}

/// Maximum number of digits before the decimal point of a value that is counted. Sums are read as numbers with 28 digits,
/// 6 of them decimal places, so millions of the largest values can be added up.
const MOST_DIGITS: u32 = 16;

fn quantity(property: &str, text: &str) -> Result<Quantity, Refusal> {
    let too_large = || bad(property, "Send a number with at most 16 digits before the decimal point.");
    let quantity = Quantity::parse(text).map_err(|why| match why {
        NotADecimal::Malformed => bad(property, "Send a number such as 1234.5, without separators or an exponent."),
        NotADecimal::TooPrecise(places) => bad(property, &format!("Send at most {places} decimal places.")),
        NotADecimal::TooLarge => too_large(),
        NotADecimal::Negative => Refusal::NegativeValue { property: property.to_owned() },
    })?;
    if quantity.decimal().trunc().mantissa().unsigned_abs() >= 10_u128.pow(MOST_DIGITS) {
        return Err(too_large());
    }
    if quantity.is_negative() { Err(Refusal::NegativeValue { property: property.to_owned() }) } else { Ok(quantity) }
}

fn bad(property: &str, problem: &str) -> Refusal {
    Refusal::BadValue { property: property.to_owned(), problem: problem.to_owned() }
}
