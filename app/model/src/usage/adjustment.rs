//! Adjustments: usage of a customer that a person added or took back.

use crate::{
    calendar::parse_day,
    field::FieldErrors,
    id::{AdjustmentId, CustomerId, MeterId},
    moment::Moment,
    pricing::Quantity,
    text::Line,
};
use serde::{Deserialize, Serialize};
use time::Date;

/// Maximum length of a reason in characters.
const REASON_MAX: usize = 300;

/// An adjustment. It never changes; another one can take it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageAdjustment {
    /// Adjustment ID.
    pub id: AdjustmentId,
    /// Meter whose quantity is adjusted.
    pub meter_id: MeterId,
    /// Name of the meter. For guests, who can't read meters, empty.
    pub meter: String,
    /// Name of one unit of the meter. For guests empty.
    pub unit: String,
    /// Customer whose usage is adjusted.
    pub customer_id: CustomerId,
    /// Day to which the quantity counts, in the workspace's time zone.
    pub day: Date,
    /// What is added to the usage of the day, or taken from it if negative.
    pub quantity: Quantity,
    /// Why.
    pub reason: String,
    /// Name of the person who made the adjustment. For guests empty.
    pub actor: String,
    /// When it was made.
    pub at: Moment,
}

/// Data of the form of an adjustment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustmentPage {
    /// Name of the customer.
    pub customer: String,
    /// Current day in the workspace's time zone.
    pub today: Date,
    /// Meters that can be adjusted, by name: ID and label.
    pub meters: Vec<(MeterId, String)>,
}

/// Unvalidated form data of an adjustment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AdjustmentInput {
    /// Control `meter`: ID of a meter.
    pub meter: String,
    /// Control `day`: a date such as `2026-03-01`.
    pub day: String,
    /// Control `quantity`: a number such as `-12.5`.
    pub quantity: String,
    /// Control `reason`.
    pub reason: String,
}

/// Validated form data of an adjustment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdjustmentDraft {
    /// The meter.
    pub meter: MeterId,
    /// The day.
    pub day: Date,
    /// Not zero; negative to take usage back.
    pub quantity: Quantity,
    /// 1 to 300 characters.
    pub reason: Line,
}

impl AdjustmentInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self) -> Result<AdjustmentDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let meter = errors.take("meter", self.meter.trim().parse::<MeterId>().map_err(|_| "Choose a meter."));
        let day = errors.take("day", parse_day(self.day.trim()).ok_or("Enter a date such as 2026-03-01."));
        let quantity = errors.take("quantity", quantity(&self.quantity));
        let reason = errors.take("reason", Line::parse("a reason", &self.reason, REASON_MAX));
        match (meter, day, quantity, reason) {
            (Some(meter), Some(day), Some(quantity), Some(reason)) => {
                Ok(AdjustmentDraft { meter, day, quantity, reason })
            }
            _ => Err(errors),
        }
    }
}

/// Parses a quantity with a sign. The minus sign of typography, as the pages show it, is accepted.
fn quantity(text: &str) -> Result<Quantity, String> {
    let text = text.trim().replace('−', "-");
    // One sign only.
    let number = text.strip_prefix('+').filter(|number| !number.starts_with('-')).unwrap_or(&text);
    let quantity = Quantity::parse(number).map_err(|why| why.to_string())?;
    if quantity == Quantity::ZERO {
        return Err("Enter a number other than 0: negative to take usage back.".to_owned());
    }
    Ok(quantity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn input(quantity: &str) -> AdjustmentInput {
        AdjustmentInput {
            meter: "018f4d9e-0000-7000-8000-000000000000".to_owned(),
            day: "2026-03-01".to_owned(),
            quantity: quantity.to_owned(),
            reason: "Counted twice".to_owned(),
        }
    }

    #[test]
    fn parse_reports_every_invalid_field() {
        let junk = AdjustmentInput {
            meter: "tokens".to_owned(),
            day: "1 March".to_owned(),
            quantity: "many".to_owned(),
            reason: "x".repeat(301),
        };
        let errors = junk.parse().err().unwrap_or_default();
        for field in ["meter", "day", "quantity", "reason"] {
            assert!(errors.of(field).is_some(), "{field} was let through");
        }
        assert!(input("-5").parse().is_ok(), "control");
    }

    #[test]
    fn a_quantity_has_a_sign_and_is_never_zero_or_rounded() {
        for (text, read) in [("-25", "-25"), ("−0.5", "-0.5"), ("+20", "20"), (" 3 ", "3"), ("0.000001", "0.000001")]
        {
            assert_eq!(input(text).parse().map(|draft| draft.quantity.to_string()), Ok(read.to_owned()), "{text}");
        }
        for bad in ["", "0", "-0", "0.000", "1e3", "1,000", "0.0000001", "--1", "+-1", "1000000000000000000"] {
            assert!(input(bad).parse().is_err(), "{bad:?} was let through");
        }
    }

    proptest! {
        #[test]
        fn junk_never_panics(text in ".{0,60}") {
            let _ = AdjustmentInput { meter: text.clone(), day: text.clone(), quantity: text.clone(), reason: text }.parse();
        }

        #[test]
        fn a_quantity_is_read_exactly(millionths in -999_999_999_999_999i64..999_999_999_999_999i64) {
            prop_assume!(millionths != 0);
            let whole = millionths.unsigned_abs() / 1_000_000;
            let text = format!("{}{whole}.{:06}", if millionths < 0 { "-" } else { "" }, millionths.unsigned_abs() % 1_000_000);
            let draft = input(&text).parse().unwrap();
            prop_assert_eq!(draft.quantity.millionths(), i128::from(millionths));
        }
    }
}
