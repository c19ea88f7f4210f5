//! Form in which the columns of a file are mapped.

use super::{
    format::{DecimalSign, Delimiter},
    limits::{ID_MAX, PROPERTY_MAX, TYPE_MAX},
    mapping::{Given, Mapping, Role, TimesIn, Value},
};
use crate::field::{FieldError, FieldErrors};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Maximum length of a saved mapping's name, in characters.
const NAME_MAX: usize = 100;

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
    fn a_time_zone_that_does_not_exist_is_refused_at_its_field() {
        let zone = |zone| {
            let form = [("times_in", zone), ("role_0", "time"), ("customer", "c"), ("type", "t")];
            let errors = input(&form).parse(&columns(&["at"])).err().unwrap_or_default();
            errors.of("times_in").is_some()
        };
        for wrong in ["", "Europe/Atlantis", "CET", "+25:00", "2", "+02:60", "+aé1"] {
            assert!(zone(wrong), "{wrong:?} is taken for a zone");
        }
        for known in ["utc", "workspace", "+02:00", "-09:30"] {
            assert!(!zone(known), "control: {known}");
        }
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
}
