//! Proposal of a mapping from the first rows of a file.

use super::{
    cell::{number, time},
    format::{DecimalSign, Delimiter},
    limits::PROPERTY_MAX,
    mapping::{Role, TimesIn},
    mapping_form::MappingInput,
};
use std::collections::BTreeMap;

/// Proposes the values of the mapping form. `columns` are the names of the columns and `rows` the first rows below
/// them. `properties` are those that meters of the workspace use; a column that has such a name fills it. `types` are
/// the types of their events; if there is only one, all rows get it.
pub fn guess(
    delimiter: Delimiter,
    header: bool,
    columns: &[String],
    rows: &[Vec<String>],
    properties: &[String],
    types: &[String],
) -> MappingInput {
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column)).map(String::as_str);
    let filled = |column: usize| cells(column).filter(|cell| !cell.trim().is_empty());
    let all = |column: usize, fits: &dyn Fn(&str) -> bool| filled(column).next().is_some() && filled(column).all(fits);
    let is_time = |cell: &str| time(cell, &|at| at.assume_utc()).is_some();
    let is_number = |cell: &str| DecimalSign::ALL.into_iter().any(|sign| number(cell, sign).is_some());
    let only = |sign: DecimalSign| {
        let other = if sign == DecimalSign::Comma { DecimalSign::Point } else { DecimalSign::Comma };
        let mut numbers = (0..columns.len()).flat_map(filled);
        numbers.any(|cell| number(cell, sign).is_some() && number(cell, other).is_none())
    };
    let decimal =
        if only(DecimalSign::Comma) && !only(DecimalSign::Point) { DecimalSign::Comma } else { DecimalSign::Point };

    let names: Vec<String> = columns.iter().map(|name| folded(name)).collect();
    let named = |among: &[&str]| names.iter().position(|name| among.contains(&name.as_str()));
    let mut roles = vec![Role::Ignored; columns.len()];
    let mut put = |column: Option<usize>, role: Role| {
        if let Some(slot) = column.and_then(|column| roles.get_mut(column))
            && *slot == Role::Ignored
        {
            *slot = role;
        }
    };
    let dated = (0..columns.len()).find(|column| all(*column, &|cell| is_time(cell) && cell.contains('-')));
    let stamped = named(&["time", "timestamp", "at", "date", "datetime", "occurredat", "createdat", "ts"]);
    put(stamped.filter(|column| all(*column, &is_time)).or(dated), Role::Time);
    put(
        named(&["customer", "customerid", "subject", "account", "accountid", "tenant", "externalid", "kunde"]),
        Role::Subject,
    );
    put(named(&["type", "event", "eventtype", "eventname"]), Role::Kind);
    put(named(&["id", "eventid", "uuid", "requestid", "transactionid"]), Role::Id);
    for column in 0..columns.len() {
        if all(column, &is_number) {
            put(Some(column), Role::Number);
        }
    }

    let mut values = BTreeMap::from([
        ("delimiter".to_owned(), delimiter.as_str().to_owned()),
        ("decimal".to_owned(), decimal.as_str().to_owned()),
        ("times_in".to_owned(), TimesIn::UTC.word()),
    ]);
    if header {
        values.insert("header".to_owned(), "on".to_owned());
    }
    if let ([only], false) = (types, roles.contains(&Role::Kind)) {
        values.insert("type".to_owned(), only.clone());
    }
    for (column, (role, name)) in roles.iter().zip(columns).enumerate() {
        let known = properties.iter().find(|property| folded(property) == folded(name));
        let property =
            known.cloned().unwrap_or_else(|| name.chars().filter(|c| !c.is_control()).take(PROPERTY_MAX).collect());
        values.insert(format!("role_{column}"), role.as_str().to_owned());
        values.insert(format!("property_{column}"), property);
    }
    MappingInput(values)
}

/// Returns `true` if the first row of a file looks like the names of its columns: texts, each different.
pub fn has_header(row: &[String]) -> bool {
    let is_name = |cell: &String| {
        let number = DecimalSign::ALL.into_iter().any(|sign| number(cell, sign).is_some());
        !cell.trim().is_empty() && !number && time(cell, &|at| at.assume_utc()).is_none()
    };
    let different: std::collections::BTreeSet<&String> = row.iter().collect();
    row.iter().all(is_name) && different.len() == row.len()
}

/// Returns the letters and digits of a name, without case.
fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn columns_are_recognized_by_name_and_content() {
        let columns = texts(&["TIMESTAMP", "ContextTokens", "GeneratedTokens"]);
        let rows = [
            texts(&["2023-11-16 18:17:03.9799600", "4808", "10"]),
            texts(&["2023-11-16 18:17:04.0319600", "3180", "8"]),
        ];
        let input =
            guess(Delimiter::Comma, true, &columns, &rows, &texts(&["context_tokens"]), &texts(&["llm.request"]));
        for (name, value) in [
            ("role_0", "time"),
            ("role_1", "number"),
            ("role_2", "number"),
            ("property_1", "context_tokens"),
            ("property_2", "GeneratedTokens"),
            ("decimal", "point"),
            ("times_in", "utc"),
            ("type", "llm.request"),
            ("header", "on"),
        ] {
            assert_eq!(input.value(name), value, "{name}");
        }
        assert!(input.parse(&columns).is_err_and(|errors| errors.0.len() == 1 && errors.of("customer").is_some()));
    }

    #[test]
    fn a_decimal_comma_is_recognized() {
        let columns = texts(&["Kunde", "Datum", "Menge"]);
        let rows = [texts(&["00012", "2023-11-16", "173,9"]), texts(&["00012", "2023-11-17", "12"])];
        let input = guess(Delimiter::Semicolon, true, &columns, &rows, &[], &[]);
        assert_eq!(
            (input.value("decimal"), input.value("role_0"), input.value("role_1"), input.value("role_2")),
            ("comma", "customer", "time", "number")
        );
        let rows = [texts(&["x", "2023-11-16", "1,234.5"]), texts(&["x", "2023-11-16", "1,5"])];
        let input = guess(Delimiter::Semicolon, true, &columns, &rows, &[], &[]);
        assert_eq!(input.value("decimal"), "point", "contradictory numbers prove nothing");
    }
}
