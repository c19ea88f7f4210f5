//! Meaning of a file's columns.

use super::{
    cell::utc_offset,
    format::{DecimalSign, Delimiter},
    limits::{ID_MAX, PROPERTY_MAX, TYPE_MAX},
};
use crate::field::{FieldError, FieldErrors};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::UtcOffset;

/// Maximum length of a saved mapping's name, in characters.
const NAME_MAX: usize = 100;

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
            Self::Id => "Event ID",
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

/// Values of the mapping form by control name: `delimiter`, `decimal`, `header`, `times_in`, `customer`, `type`, `name`,
/// and `role_{n}` and `property_{n}` for each column.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MappingInput(pub BTreeMap<String, String>);

impl From<&Mapping> for MappingInput {
    fn from(mapping: &Mapping) -> Self {
        let mut values = BTreeMap::new();
        let mut put = |name: String, value: &str| values.insert(name, value.to_owned());
        put("delimiter".to_owned(), mapping.delimiter.as_str());
        put("decimal".to_owned(), mapping.decimal.as_str());
        if mapping.header {
            put("header".to_owned(), "on");
        }
        put("times_in".to_owned(), &mapping.times_in.word());
        if let Given::Constant(text) = &mapping.subject {
            put("customer".to_owned(), text);
        }
        if let Given::Constant(text) = &mapping.kind {
            put("type".to_owned(), text);
        }
        put("name".to_owned(), &mapping.name);
        for column in 0..u16::try_from(mapping.columns.len()).unwrap_or(u16::MAX) {
            let (role, property) = mapping.role(column);
            put(format!("role_{column}"), role.as_str());
            put(format!("property_{column}"), property);
        }
        Self(values)
    }
}

impl MappingInput {
    /// Returns the value of a control, without surrounding spaces.
    pub fn value(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    /// Returns the delimiter and whether the first row contains the names of the columns: what must be known to read
    /// the file at all.
    ///
    /// # Errors
    /// [`FieldErrors`] on `delimiter`.
    pub fn layout(&self) -> Result<(Delimiter, bool), FieldErrors> {
        let delimiter = Delimiter::from_word(self.value("delimiter"));
        let delimiter = delimiter.ok_or_else(|| FieldErrors::one("delimiter", "Choose a delimiter from the list."))?;
        Ok((delimiter, self.value("header") == "on"))
    }

    /// Parses the form for a file with these columns.
    ///
    /// # Errors
    /// [`FieldErrors`] on the controls; those about columns are on `columns`.
    pub fn parse(&self, columns: &[String]) -> Result<Mapping, FieldErrors> {
        let mut errors = FieldErrors::default();
        let (delimiter, header) = self.layout()?;
        let mut complain = |field: &str, message: String| {
            if errors.of(field).is_none() {
                errors.0.push(FieldError { field: field.to_owned(), message });
            }
        };
        let decimal = DecimalSign::from_word(self.value("decimal"));
        if decimal.is_none() {
            complain("decimal", "Choose a decimal sign from the list.".to_owned());
        }
        let times_in = TimesIn::from_word(self.value("times_in"));
        if times_in.is_none() {
            complain("times_in", "Choose a time zone from the list.".to_owned());
        }
        let (mut time, mut subject, mut kind, mut id, mut values) = (None, None, None, None, Vec::<Value>::new());
        for (column, title) in (0_u16..).zip(columns) {
            let role = Role::from_word(self.value(&format!("role_{column}")));
            let only = |slot: &mut Option<u16>| slot.replace(column).is_none();
            let once = match role {
                None => {
                    complain("columns", format!("Choose a use of column “{title}” from the list."));
                    true
                }
                Some(Role::Ignored) => true,
                Some(Role::Time) => only(&mut time),
                Some(Role::Subject) => only(&mut subject),
                Some(Role::Kind) => only(&mut kind),
                Some(Role::Id) => only(&mut id),
                Some(role @ (Role::Number | Role::Text)) => {
                    let property = self.value(&format!("property_{column}")).to_owned();
                    if property.is_empty() || property.chars().count() > PROPERTY_MAX {
                        complain("columns", format!("Enter a property of at most 60 characters for column “{title}”."));
                    } else if values.iter().any(|value| value.property == property) {
                        complain("columns", format!("Two columns fill the property “{property}”. Rename one of them."));
                    }
                    values.push(Value { column, property, number: role == Role::Number });
                    true
                }
            };
            if !once && let Some(role) = role {
                complain("columns", format!("Choose “{}” for one column only.", role.label()));
            }
        }
        if time.is_none() {
            complain("columns", "Choose the column that contains the time.".to_owned());
        }
        let mut given = |column: Option<u16>, field: &str, max: usize, missing: &str| match (column, self.value(field))
        {
            (Some(column), _) => Some(Given::Column(column)),
            (None, "") => {
                complain(field, missing.to_owned());
                None
            }
            (None, text) if text.chars().count() > max => {
                complain(field, format!("Enter at most {max} characters."));
                None
            }
            (None, text) => Some(Given::Constant(text.to_owned())),
        };
        let subject = given(
            subject,
            "customer",
            ID_MAX,
            "Enter a customer for all rows, or choose the column with the customer.",
        );
        let kind =
            given(kind, "type", TYPE_MAX, "Enter an event type for all rows, or choose the column with the type.");
        // Events have none in these, and the database stores no null characters.
        if self.0.values().any(|value| value.trim().contains(char::is_control)) {
            complain("columns", "Remove the control characters, such as tabs and line breaks.".to_owned());
        }
        let name = self.value("name").to_owned();
        if name.chars().count() > NAME_MAX {
            complain("name", format!("Enter at most {NAME_MAX} characters."));
        }
        match (decimal, times_in, time, subject, kind) {
            (Some(decimal), Some(times_in), Some(time), Some(subject), Some(kind)) if errors.0.is_empty() => {
                Ok(Mapping {
                    delimiter,
                    decimal,
                    header,
                    times_in,
                    time,
                    subject,
                    kind,
                    id,
                    values,
                    columns: columns.to_vec(),
                    name,
                })
            }
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn input(pairs: &[(&str, &str)]) -> MappingInput {
        let base = [("delimiter", "comma"), ("decimal", "point"), ("times_in", "utc"), ("header", "on")];
        MappingInput(base.iter().chain(pairs).map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn a_mapping_is_the_same_after_its_form() {
        let columns = columns(&["at", "who", "tokens", "model"]);
        let form = input(&[
            ("role_0", "time"),
            ("role_1", "customer"),
            ("role_2", "number"),
            ("property_2", "tokens"),
            ("role_3", "text"),
            ("property_3", "model"),
            ("type", "llm"),
            ("name", "Gateway"),
        ]);
        let mapping = form.parse(&columns).unwrap();
        assert_eq!(MappingInput::from(&mapping).parse(&columns), Ok(mapping.clone()));
        assert_eq!(mapping.kind, Given::Constant("llm".to_owned()));
    }

    #[test]
    fn what_is_missing_or_doubled_is_named() {
        let columns = columns(&["a", "b"]);
        let errors = input(&[("role_0", "number"), ("role_1", "number"), ("property_0", "x"), ("property_1", "x")])
            .parse(&columns)
            .unwrap_err();
        assert!(errors.of("columns").unwrap().contains("“x”"));
        assert!(errors.of("customer").is_some() && errors.of("type").is_some());
        let errors = input(&[("role_0", "time"), ("role_1", "time"), ("customer", "c"), ("type", "t")]).parse(&columns);
        assert!(errors.unwrap_err().of("columns").unwrap().contains("one column only"));
    }

    #[test]
    fn a_saved_mapping_finds_its_columns_by_name() {
        let form =
            input(&[("role_0", "time"), ("role_1", "number"), ("property_1", "n"), ("customer", "c"), ("type", "t")]);
        let mapping = form.parse(&columns(&["at", "n"])).unwrap();
        let moved = mapping.moved_to(&columns(&["n", "other", "at"])).unwrap();
        assert_eq!((moved.time, moved.values[0].column), (2, 0));
        assert_eq!(moved.canonical(), mapping.canonical(), "the order of the columns changes the events");
        assert_eq!(mapping.moved_to(&columns(&["n"])), None);
    }

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
