//! Meaning of a file's columns.

use super::{
    cell::utc_offset,
    format::{DecimalSign, Delimiter},
};
use serde::{Deserialize, Serialize};
use time::UtcOffset;

/// What times without a UTC offset mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimesIn {
    /// Time with this UTC offset, in minutes.
    Offset(i16),
    /// Time in the workspace's time zone. Of two moments with the same local time, the earlier one.
    Workspace,
}

impl TimesIn {
    /// Time in UTC.
    pub const UTC: Self = Self::Offset(0);

    /// Parses the value of a form: `utc`, `workspace` or `+02:00`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "workspace" => Some(Self::Workspace),
            word => utc_offset(word).map(|offset| Self::Offset(offset.whole_minutes())),
        }
    }

    /// Returns the value in forms.
    pub fn word(self) -> String {
        match self {
            Self::Workspace => "workspace".to_owned(),
            Self::Offset(0) => "utc".to_owned(),
            Self::Offset(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}", minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60)
            }
        }
    }

    /// Returns the UTC offset; `None` for the workspace's time zone.
    pub fn offset(self) -> Option<UtcOffset> {
        match self {
            Self::Workspace => None,
            Self::Offset(minutes) => UtcOffset::from_whole_seconds(i32::from(minutes) * 60).ok(),
        }
    }
}

/// Where a text of each event comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    /// Cell of the column with this position.
    Column(u16),
    /// Same text for all rows.
    Constant(String),
}

/// Column that becomes a property of the event data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// Position of the column.
    pub column: u16,
    /// Name of the property.
    pub property: String,
    /// `true` if the cells must be numbers, else they are taken as text.
    pub number: bool,
}

/// How the rows of a file become events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Delimiter of the cells.
    pub delimiter: Delimiter,
    /// Decimal sign of the numbers.
    pub decimal: DecimalSign,
    /// `true` if the first row contains the names of the columns.
    pub header: bool,
    /// Zone of times without an offset.
    pub times_in: TimesIn,
    /// Column with the time.
    pub time: u16,
    /// Subject, by which the customer is found.
    pub subject: Given,
    /// Event type.
    pub kind: Given,
    /// Column with the event's id. Without it, the id is computed from the mapped cells.
    pub id: Option<u16>,
    /// Columns with the event data, in the order of the columns.
    pub values: Vec<Value>,
    /// Names of all columns. Their number is that of the cells of each row.
    pub columns: Vec<String>,
    /// Name of the mapping, or empty. It is a part of the events' source.
    pub name: String,
}

/// What a column is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Not imported.
    Ignored,
    /// Time of the event.
    Time,
    /// Subject, by which the customer is found.
    Subject,
    /// Event type.
    Kind,
    /// Event id.
    Id,
    /// Property with a number.
    Number,
    /// Property with a text.
    Text,
}

impl Role {
    /// All roles, in the order in which forms offer them.
    pub const ALL: [Self; 7] =
        [Self::Ignored, Self::Time, Self::Subject, Self::Kind, Self::Id, Self::Number, Self::Text];

    /// Returns the value in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ignored => "",
            Self::Time => "time",
            Self::Subject => "customer",
            Self::Kind => "type",
            Self::Id => "id",
            Self::Number => "number",
            Self::Text => "text",
        }
    }

    /// Parses the value of a form.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Returns the name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ignored => "Not imported",
            Self::Time => "Time",
            Self::Subject => "Customer",
            Self::Kind => "Event type",
            Self::Id => "Event id",
            Self::Number => "Number",
            Self::Text => "Text",
        }
    }
}

impl Mapping {
    /// Returns the role of a column, with the name of its property.
    pub fn role(&self, column: u16) -> (Role, &str) {
        if self.time == column {
            return (Role::Time, "");
        }
        if self.subject == Given::Column(column) {
            return (Role::Subject, "");
        }
        if self.kind == Given::Column(column) {
            return (Role::Kind, "");
        }
        if self.id == Some(column) {
            return (Role::Id, "");
        }
        match self.values.iter().find(|value| value.column == column) {
            Some(value) if value.number => (Role::Number, &value.property),
            Some(value) => (Role::Text, &value.property),
            None => (Role::Ignored, ""),
        }
    }

    /// Returns a text that is equal for mappings that make the same events of a row. The order of the columns does not
    /// matter if they have names.
    pub fn canonical(&self) -> String {
        let name = |column: u16| match self.columns.get(usize::from(column)) {
            Some(name) if self.header => format!("{name:?}"),
            _ => column.to_string(),
        };
        let given = |given: &Given| match given {
            Given::Column(column) => name(*column),
            Given::Constant(text) => format!("={text:?}"),
        };
        let mut values: Vec<_> = self
            .values
            .iter()
            .map(|value| format!("{:?}:{}:{}", value.property, value.number, name(value.column)))
            .collect();
        values.sort();
        let id = self.id.map(name).unwrap_or_default();
        format!("{}|{}|{}|{id}|{}", name(self.time), given(&self.subject), given(&self.kind), values.join(","))
    }

    /// Returns the mapping for a file with the column names `columns`. Columns are found by their names. Columns that
    /// the file does not have are left out; `None` if one of them is needed.
    pub fn moved_to(&self, columns: &[String]) -> Option<Self> {
        let find = |column: u16| {
            if !self.header {
                return (usize::from(column) < columns.len()).then_some(column);
            }
            let name = self.columns.get(usize::from(column))?;
            columns.iter().position(|other| other == name).and_then(|at| u16::try_from(at).ok())
        };
        let given = |given: &Given| match given {
            Given::Column(column) => find(*column).map(Given::Column),
            constant => Some(constant.clone()),
        };
        Some(Self {
            time: find(self.time)?,
            subject: given(&self.subject)?,
            kind: given(&self.kind)?,
            id: match self.id {
                Some(column) => Some(find(column)?),
                None => None,
            },
            values: self
                .values
                .iter()
                .filter_map(|value| find(value.column).map(|column| Value { column, ..value.clone() }))
                .collect(),
            columns: columns.to_vec(),
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_the_same_after_their_word() {
        for minutes in [-720, -210, 0, 60, 345, 840] {
            let zone = TimesIn::Offset(minutes);
            assert_eq!(TimesIn::from_word(&zone.word()), Some(zone));
        }
        assert_eq!(TimesIn::from_word("workspace"), Some(TimesIn::Workspace));
        assert_eq!(TimesIn::from_word("Mars"), None);
    }
}
