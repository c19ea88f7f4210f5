//! What the pages of imports show, and their actions.

use super::mapping_form::MappingInput;
use crate::{
    id::{CustomerId, ImportId, MeterId},
    meter::Aggregation,
    moment::Moment,
    pricing::Quantity,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::Date;

/// State of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// The file is being uploaded.
    Receiving,
    /// The file is there. It has not been checked with the current mapping yet.
    Uploaded,
    /// The whole file was checked.
    Previewed,
    /// The import has begun and goes on when somebody continues it.
    Running,
    /// All rows were handled.
    Done,
    /// Stopped by a person, or not finished in time. Rows that were imported before stay.
    Stopped,
}

impl ImportState {
    const ALL: [Self; 6] = [Self::Receiving, Self::Uploaded, Self::Previewed, Self::Running, Self::Done, Self::Stopped];

    /// Returns the name stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Uploaded => "uploaded",
            Self::Previewed => "previewed",
            Self::Running => "running",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Returns the name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Receiving => "Uploading",
            Self::Uploaded => "Uploaded",
            Self::Previewed => "Checked",
            Self::Running => "Importing",
            Self::Done => "Done",
            Self::Stopped => "Stopped",
        }
    }

    /// Returns `true` if nothing more can happen to the import.
    pub const fn is_finished(self) -> bool {
        matches!(self, Self::Done | Self::Stopped)
    }
}

/// Usage that a file adds to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The meter. Its name is not unique.
    pub meter_id: MeterId,
    /// Name of the meter.
    pub meter: String,
    /// Unit of the meter.
    pub unit: String,
    /// The customer.
    pub customer_id: CustomerId,
    /// Name of the customer.
    pub customer: String,
    /// How the meter counts.
    pub aggregation: Aggregation,
    /// Number of events that the meter counts.
    pub events: u64,
    /// Sum of the quantity; the largest one for [`Aggregation::Max`], and nothing for [`Aggregation::Unique`].
    pub quantity: Quantity,
    /// First day, in the workspace's time zone.
    pub first: Date,
    /// Last day.
    pub last: Date,
}

/// What became of the rows of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Number of rows.
    pub rows: u64,
    /// Rows that are new.
    pub accepted: u64,
    /// New rows that are older than programs may send ([`LATE_DAYS`](crate::event::LATE_DAYS)). They are imported,
    /// because a person has seen which days are affected.
    pub late: u64,
    /// Rows that the workspace has already.
    pub duplicate: u64,
    /// Refused rows by code.
    pub refused: BTreeMap<String, u64>,
    /// Added usage by meter and customer. Filled by the check only.
    pub effects: Vec<Effect>,
    /// Number of pairs of meter and customer that `effects` leaves out.
    pub more_effects: u64,
}

/// Maximum number of [`Counts::effects`].
const EFFECTS_MAX: usize = 200;

impl Counts {
    /// Returns the number of refused rows.
    pub fn refused(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Counts a refused row.
    pub fn refuse(&mut self, code: &str) {
        *self.refused.entry(code.to_owned()).or_default() += 1;
    }

    /// Adds usage. Quantities that can't be added are left out, which the invoice would report.
    pub fn add(&mut self, effect: Effect) {
        let same = |known: &&mut Effect| known.customer_id == effect.customer_id && known.meter_id == effect.meter_id;
        if let Some(known) = self.effects.iter_mut().find(same) {
            known.events += effect.events;
            let sum = known.quantity.decimal().checked_add(effect.quantity.decimal());
            if effect.aggregation == Aggregation::Max {
                known.quantity = known.quantity.max(effect.quantity);
            } else if let Some(Ok(sum)) = sum.map(Quantity::from_decimal) {
                known.quantity = sum;
            }
            known.first = known.first.min(effect.first);
            known.last = known.last.max(effect.last);
        } else if self.effects.len() < EFFECTS_MAX {
            self.effects.push(effect);
        } else {
            self.more_effects += 1;
        }
    }
}

/// Import in the list of imports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// Import ID.
    pub id: ImportId,
    /// Name of the file.
    pub name: String,
    /// Size of the file, in bytes.
    pub bytes: u64,
    /// State.
    pub state: ImportState,
    /// Name of the person who uploaded the file.
    pub actor: String,
    /// When the upload began, in the workspace's time zone.
    pub created_at: Moment,
    /// Rows that were imported.
    pub accepted: u64,
    /// Rows that were refused.
    pub refused: u64,
}

/// Data of the list of imports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportList {
    /// The last imports, newest first.
    pub rows: Vec<ImportRow>,
}

/// Column of a file with its first cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Name of the column.
    pub name: String,
    /// First cells below the name.
    pub samples: Vec<String>,
}

/// Data of the page on which the columns are mapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportForm {
    /// The import.
    pub row: ImportRow,
    /// Values of the form: the mapping of the import, else a guess.
    pub input: MappingInput,
    /// `true` if the values are a guess.
    pub guessed: bool,
    /// Name of the file's encoding.
    pub encoding: String,
    /// Columns of the file, as the values of the form delimit them.
    pub columns: Vec<Column>,
    /// Names of the saved mappings.
    pub saved: Vec<String>,
    /// Name of the saved mapping that the values are of, or empty.
    pub chosen: String,
    /// Time zone of the workspace.
    pub zone: String,
    /// Types of events that meters count.
    pub types: Vec<String>,
}

/// One of the first rows of a file as the event that it becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleEvent {
    /// Line of the file.
    pub line: u64,
    /// Time, type, subject and data of the event, or why the row is refused.
    pub event: Result<[String; 4], String>,
}

/// Refused row in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Line of the file on which the row starts.
    pub line: u64,
    /// Column, or empty if the whole row is refused.
    pub column: String,
    /// Stable code.
    pub code: String,
    /// Text that is refused.
    pub value: String,
}

/// Data of the page of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportView {
    /// The import.
    pub row: ImportRow,
    /// What the check found.
    pub preview: Counts,
    /// What the import did.
    pub counts: Counts,
    /// Rows that were handled by the check or the import in progress.
    pub position: u64,
    /// First rows of the file as events. Empty once the file is deleted.
    pub sample: Vec<SampleEvent>,
    /// First refused rows.
    pub refusals: Vec<Refusal>,
}

/// Answer to an action on an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportProgress {
    /// State of the import.
    pub state: ImportState,
    /// Rows handled so far.
    pub position: u64,
    /// `true` if the check or the import has more to do: call again with [`ImportAction::Continue`].
    pub more: bool,
}

/// Action on an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum ImportAction {
    /// Sets the mapping and begins to check the file.
    Map(MappingInput),
    /// Begins the import.
    Run {
        /// Number of refused rows that the person has seen. The import begins only if it is right.
        #[serde(default)]
        refused: String,
    },
    /// Continues the check or the import.
    Continue,
    /// Stops the import. Rows that were imported stay.
    Stop,
}

/// Returns what a code of a refused row means and what to do, in one sentence.
pub fn refusal_text(code: &str) -> &'static str {
    match code {
        "cell_count" => "The row has another number of cells than the file has columns.",
        "empty" => "The cell is empty.",
        "bad_time" => "The text is not a time such as 2026-01-31 14:05:00.",
        "bad_number" => "The text is not a number with the chosen decimal sign and at most six decimal places.",
        "too_long" => "The text is too long.",
        "malformed" => "The text contains control characters, or the time lies before 1970.",
        "id_reused" => "Another event has this source and id, with other content.",
        "unknown_customer" => "No customer has this subject. Create the customer or add the subject first.",
        "customer_archived" => "The customer is archived.",
        "unknown_type" => "No meter counts events of this type.",
        "bad_value" => "A property that a meter needs is missing or is not a number.",
        "negative_value" => "The value is negative. Record an adjustment instead.",
        "in_the_future" => "The time lies in the future.",
        _ => "The event was refused.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tag and the values are in one object.
    #[test]
    fn an_action_is_the_same_after_json() {
        let values = [("role_0", "time"), ("customer", "c")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        for action in [
            ImportAction::Map(MappingInput(values.into())),
            ImportAction::Run { refused: "3".to_owned() },
            ImportAction::Continue,
            ImportAction::Stop,
        ] {
            let json = serde_json::to_string(&action).unwrap();
            assert_eq!(serde_json::from_str::<ImportAction>(&json).unwrap(), action, "{json}");
        }
    }

    /// The database begins with `{}`.
    #[test]
    fn counts_without_members_are_zero() {
        assert_eq!(serde_json::from_str::<Counts>("{}").unwrap(), Counts::default());
    }

    #[test]
    fn effects_of_a_customer_add_up_by_meter() {
        let day = |day| Date::from_calendar_date(2026, time::Month::January, day).unwrap();
        let effect = |meter: u128, aggregation, quantity, on| Effect {
            meter_id: MeterId::from_uuid(uuid::Uuid::from_u128(meter)),
            meter: "Tokens".to_owned(),
            unit: "token".to_owned(),
            customer_id: CustomerId::from_uuid(uuid::Uuid::nil()),
            customer: "Acme".to_owned(),
            aggregation,
            events: 1,
            quantity: Quantity::parse(quantity).unwrap(),
            first: day(on),
            last: day(on),
        };
        let mut counts = Counts::default();
        for (quantity, on) in [("0.1", 3), ("0.2", 1), ("7", 2)] {
            counts.add(effect(1, Aggregation::Sum, quantity, on));
            counts.add(effect(2, Aggregation::Max, quantity, on));
        }
        let seen: Vec<_> = counts.effects.iter().map(|e| (e.quantity.to_string(), e.events, e.first, e.last)).collect();
        assert_eq!(seen, [("7.3".to_owned(), 3, day(1), day(3)), ("7".to_owned(), 3, day(1), day(3))]);
    }
}
