//! Form of a change of a subscription.

use super::{
    input::{day, pairs, plan, read, seats},
    schedule::{Misfit, PlanVersion, Schedule},
};
use crate::{field::FieldErrors, id::RatePlanId};
use serde::{Deserialize, Serialize};
use time::Date;

/// What a change of a subscription is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Another plan, or another version of it.
    #[default]
    Plan,
    /// Another number of seats.
    Seats,
    /// A last day.
    End,
}

impl ChangeKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Plan, Self::Seats, Self::End];

    /// Returns the value of the query parameter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Seats => "seats",
            Self::End => "end",
        }
    }

    /// Parses the value of the query parameter. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Returns the title of the form.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Plan => "Change plan",
            Self::Seats => "Change seats",
            Self::End => "End subscription",
        }
    }
}

/// Unvalidated form data of a change. Also the query of its page, for the preview without JavaScript.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeInput {
    /// Control `kind`: a [`ChangeKind`].
    pub kind: String,
    /// Control `plan`: the ID of a rate plan.
    pub plan: String,
    /// Control `seats`.
    pub seats: String,
    /// Control `from_on`: the first day of the change.
    pub from_on: String,
    /// Control `last_on`: the last day of the subscription.
    pub last_on: String,
}

/// Validated form data of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The latest version of a plan from a day on. The store checks that the plan is active, has a published version
    /// and fits the currency.
    Plan {
        /// Plan ID.
        plan: RatePlanId,
        /// First day.
        from_on: Date,
    },
    /// Another number of seats from a day on.
    Seats {
        /// 1 to [`SEATS_MAX`](super::SEATS_MAX).
        seats: u32,
        /// First day.
        from_on: Date,
    },
    /// A last day. The subscription runs until the end of it.
    End {
        /// Last day.
        last_on: Date,
    },
}

impl Change {
    /// Returns the kind.
    pub const fn kind(self) -> ChangeKind {
        match self {
            Self::Plan { .. } => ChangeKind::Plan,
            Self::Seats { .. } => ChangeKind::Seats,
            Self::End { .. } => ChangeKind::End,
        }
    }

    /// Returns the first day on which the subscription differs. `before` is the schedule without the change.
    pub fn day(self, before: &Schedule) -> Date {
        match self {
            Self::Plan { from_on, .. } | Self::Seats { from_on, .. } => from_on,
            Self::End { last_on } => {
                let end = last_on.next_day().unwrap_or(last_on);
                before.ends_on.map_or(end, |known| known.min(end))
            }
        }
    }

    /// Returns the schedule with the change. `plan` is the version of the plan of [`Change::Plan`].
    ///
    /// # Errors
    /// [`FieldErrors`] on the field that names the day, or on that of the value if nothing changes.
    pub fn apply(self, before: &Schedule, plan: Option<&PlanVersion>) -> Result<Schedule, FieldErrors> {
        let (result, value, day) = match self {
            Self::Plan { from_on, .. } => match plan {
                Some(plan) => (before.with_plan(from_on, plan), "plan", "from_on"),
                None => return Err(FieldErrors::one("plan", "Choose a rate plan from the list.")),
            },
            Self::Seats { seats, from_on } => (before.with_seats(from_on, seats), "seats", "from_on"),
            Self::End { last_on } => (before.ending(last_on), "last_on", "last_on"),
        };
        result.map_err(|misfit| {
            let (field, message) = match (misfit, self) {
                (Misfit::Nothing, Self::Plan { .. }) => {
                    (value, "The subscription is on this version already.".to_owned())
                }
                (Misfit::Nothing, Self::Seats { .. }) => {
                    (value, "The subscription has this number of seats already.".to_owned())
                }
                (Misfit::Nothing, Self::End { .. }) => (value, "This is its last day already.".to_owned()),
                (misfit, _) => (day, misfit.to_string()),
            };
            FieldErrors::one(field, message)
        })
    }
}

impl ChangeInput {
    /// Names of the controls.
    const NAMES: [&str; 5] = ["kind", "plan", "seats", "from_on", "last_on"];

    /// Returns the input of a new form of a kind, from `from_on` on.
    pub fn proposed(kind: ChangeKind, from_on: Date, seats: u32) -> Self {
        Self {
            kind: kind.as_str().to_owned(),
            plan: String::new(),
            seats: seats.to_string(),
            from_on: from_on.to_string(),
            last_on: from_on.to_string(),
        }
    }

    /// Returns the input that only names a kind.
    pub fn of(kind: ChangeKind) -> Self {
        Self { kind: kind.as_str().to_owned(), ..Self::default() }
    }

    /// Returns the kind; the first if it is unknown.
    pub fn kind(&self) -> ChangeKind {
        ChangeKind::from_word(self.kind.trim()).unwrap_or_default()
    }

    fn values(&self) -> [&String; 5] {
        [&self.kind, &self.plan, &self.seats, &self.from_on, &self.last_on]
    }

    /// Returns the controls that are not empty, as pairs of a query.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        pairs(Self::NAMES, self.values())
    }

    /// Reads the pairs of a query. Other pairs are ignored.
    pub fn from_pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let [kind, plan, seats, from_on, last_on] = read(Self::NAMES, pairs);
        Self { kind, plan, seats, from_on, last_on }
    }

    /// Validates the form: the fields of its kind.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self) -> Result<Change, FieldErrors> {
        let mut errors = FieldErrors::default();
        let Some(kind) = ChangeKind::from_word(self.kind.trim()) else {
            return Err(FieldErrors::one("kind", "Choose what to change."));
        };
        let change = match kind {
            ChangeKind::Plan => {
                let parsed = (errors.take("plan", plan(&self.plan)), errors.take("from_on", day(&self.from_on)));
                parsed.0.zip(parsed.1).map(|(plan, from_on)| Change::Plan { plan, from_on })
            }
            ChangeKind::Seats => {
                let parsed = (errors.take("seats", seats(&self.seats)), errors.take("from_on", day(&self.from_on)));
                parsed.0.zip(parsed.1).map(|(seats, from_on)| Change::Seats { seats, from_on })
            }
            ChangeKind::End => errors.take("last_on", day(&self.last_on)).map(|last_on| Change::End { last_on }),
        };
        change.ok_or(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn each_kind_demands_its_own_fields() {
        let errors = |kind: ChangeKind| ChangeInput::of(kind).parse().err().unwrap_or_default();
        assert!(errors(ChangeKind::Plan).of("plan").is_some() && errors(ChangeKind::Plan).of("from_on").is_some());
        assert!(errors(ChangeKind::Seats).of("seats").is_some());
        assert!(errors(ChangeKind::End).of("last_on").is_some());
        assert!(ChangeInput::default().parse().err().unwrap_or_default().of("kind").is_some());
    }

    #[test]
    fn the_query_of_a_page_is_its_input() {
        let input = ChangeInput::proposed(ChangeKind::Seats, date!(2026 - 03 - 17), 4);
        let pairs = input.pairs();
        assert_eq!(ChangeInput::from_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str()))), input);
        let none = ChangeInput::from_pairs([("grant", "secret")].into_iter());
        assert!(none.pairs().is_empty());
    }
}
