//! One record of a file as an event, or the reason why it is refused.

use super::{
    cell::{number, time},
    limits::{ID_MAX, TYPE_MAX},
    mapping::{Given, Mapping},
};
use time::{OffsetDateTime, PrimitiveDateTime};

/// Maximum length of a refused text that is kept, in characters.
const KEPT: usize = 200;

/// Event of a row. Its source is that of the import; without an id column, its id is computed from
/// [`canonical`](Self::canonical).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Id of the event, if the file has one.
    pub id: Option<String>,
    /// Event type.
    pub kind: String,
    /// Subject, by which the customer is found.
    pub subject: String,
    /// Time, in UTC and whole microseconds.
    pub time: OffsetDateTime,
    /// Event data: a JSON object.
    pub data: String,
}

impl Row {
    /// Returns a text that two rows share only if all their mapped cells mean the same.
    pub fn canonical(&self) -> String {
        let micros = self.time.unix_timestamp_nanos() / 1_000;
        let Self { kind, subject, data, .. } = self;
        // Lengths keep the parts apart.
        format!("{micros}|{}:{kind}|{}:{subject}|{data}", kind.len(), subject.len())
    }
}

/// Reason why a row is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowErrorCode {
    /// The row has more or fewer cells than the file has columns.
    CellCount,
    /// A cell that is needed is empty.
    Empty,
    /// The cell is not a time.
    BadTime,
    /// The cell is not a number with the chosen decimal sign.
    BadNumber,
    /// The text of the cell is too long.
    TooLong,
}

impl RowErrorCode {
    /// Returns the stable code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CellCount => "cell_count",
            Self::Empty => "empty",
            Self::BadTime => "bad_time",
            Self::BadNumber => "bad_number",
            Self::TooLong => "too_long",
        }
    }
}

/// Refused row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// Reason.
    pub code: RowErrorCode,
    /// Name of the column, or empty if the whole row is refused.
    pub column: String,
    /// Text of the cell, at most 200 characters.
    pub value: String,
}

/// Reads a record. `local` converts a time without UTC offset, if the mapping does not say one.
///
/// # Errors
/// [`RowError`] for the first cell that does not fit.
pub fn read_row(
    cells: &[&str],
    mapping: &Mapping,
    local: &dyn Fn(PrimitiveDateTime) -> OffsetDateTime,
) -> Result<Row, RowError> {
    if cells.len() != mapping.columns.len() {
        return Err(RowError { code: RowErrorCode::CellCount, column: String::new(), value: cells.len().to_string() });
    }
    let cell = |column: u16| cells.get(usize::from(column)).copied().unwrap_or_default();
    let refused = |code, column: u16| RowError {
        code,
        column: mapping.columns.get(usize::from(column)).map(|name| cut(name)).unwrap_or_default(),
        value: cut(cell(column)),
    };
    let text = |column: u16, max: usize| match cell(column).trim() {
        "" => Err(refused(RowErrorCode::Empty, column)),
        text if text.chars().count() > max => Err(refused(RowErrorCode::TooLong, column)),
        text => Ok(text.to_owned()),
    };
    let given = |given: &Given, max: usize| match given {
        Given::Column(column) => text(*column, max),
        Given::Constant(constant) => Ok(constant.clone()),
    };
    let at = match mapping.times_in.offset() {
        Some(offset) => time(cell(mapping.time), &|at| at.assume_offset(offset)),
        None => time(cell(mapping.time), local),
    };
    let at = at.ok_or_else(|| refused(RowErrorCode::BadTime, mapping.time))?;
    let id = mapping.id.map(|column| text(column, ID_MAX)).transpose()?;
    let (subject, kind) = (given(&mapping.subject, ID_MAX)?, given(&mapping.kind, TYPE_MAX)?);
    let mut data = String::from("{");
    for value in &mapping.values {
        let raw = cell(value.column);
        // A text that is absent is no property. A number that is absent is an error, because it would count as zero.
        if !value.number && raw.is_empty() {
            continue;
        }
        if data.len() > 1 {
            data.push(',');
        }
        push_text(&mut data, &value.property);
        data.push(':');
        if value.number {
            let quantity =
                number(raw, mapping.decimal).ok_or_else(|| refused(RowErrorCode::BadNumber, value.column))?;
            data.push_str(&quantity.to_string());
        } else {
            push_text(&mut data, raw);
        }
    }
    data.push('}');
    Ok(Row { id, kind, subject, time: at, data })
}

/// Returns the beginning of a text that a refusal keeps.
fn cut(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(KEPT).collect()
}

/// Appends a JSON string.
fn push_text(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            c if c < ' ' => json.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => json.push(c),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            format::{DecimalSign, Delimiter},
            mapping::{TimesIn, Value},
        },
        *,
    };
    use proptest::prelude::*;
    use time::macros::datetime;

    fn mapping(decimal: DecimalSign) -> Mapping {
        Mapping {
            delimiter: Delimiter::Semicolon,
            decimal,
            header: true,
            times_in: TimesIn::UTC,
            time: 0,
            subject: Given::Column(1),
            kind: Given::Constant("llm".to_owned()),
            id: None,
            values: vec![
                Value { column: 2, property: "tokens".to_owned(), number: true },
                Value { column: 3, property: "model".to_owned(), number: false },
            ],
            columns: ["at", "who", "tokens", "model"].map(str::to_owned).to_vec(),
            name: String::new(),
        }
    }

    fn read(cells: &[&str], decimal: DecimalSign) -> Result<Row, RowError> {
        read_row(cells, &mapping(decimal), &|at| at.assume_utc())
    }

    #[test]
    fn a_refusal_names_the_column_and_the_text() {
        let row = ["2023-11-16 18:17:03.9799600", "acme", "173,900", "x"];
        assert_eq!(read(&row, DecimalSign::Comma).unwrap().data, r#"{"tokens":173.9,"model":"x"}"#);
        let refused = RowError { code: RowErrorCode::BadNumber, column: "tokens".into(), value: "173,900".into() };
        assert_eq!(read(&row, DecimalSign::Point), Err(refused));
        for (cells, code, column) in [
            (["", "acme", "1", ""], RowErrorCode::BadTime, "at"),
            (["2023-11-16", " ", "1", ""], RowErrorCode::Empty, "who"),
            (["2023-11-16", "acme", "", ""], RowErrorCode::BadNumber, "tokens"),
        ] {
            let error = read(&cells, DecimalSign::Point).unwrap_err();
            assert_eq!((error.code, error.column.as_str()), (code, column));
        }
        let short = read(&["2023-11-16", "acme"], DecimalSign::Point).unwrap_err();
        assert_eq!((short.code, short.value.as_str()), (RowErrorCode::CellCount, "2"));
    }

    /// Spreadsheets read such texts as numbers and formulas.
    #[test]
    fn texts_that_look_like_numbers_or_formulas_stay_texts() {
        for text in ["1E5", "00012", "=1+1", "1,5", " x "] {
            let row = read(&["2023-11-16", "00012", "1", text], DecimalSign::Point).unwrap();
            assert_eq!(row.subject, "00012");
            let data: serde_json::Value = serde_json::from_str(&row.data).unwrap();
            assert_eq!(data["model"], text);
        }
    }

    #[test]
    fn a_row_without_offset_is_read_in_the_chosen_zone() {
        let mut mapping = mapping(DecimalSign::Point);
        let cells = ["2023-11-16 00:30", "acme", "1", ""];
        mapping.times_in = TimesIn::Offset(120);
        let at = |mapping: &Mapping| {
            read_row(&cells, mapping, &|at| at.assume_utc() + time::Duration::hours(5)).unwrap().time
        };
        assert_eq!(at(&mapping), datetime!(2023-11-15 22:30 UTC));
        mapping.times_in = TimesIn::Workspace;
        assert_eq!(at(&mapping), datetime!(2023-11-16 5:30 UTC));
    }

    proptest! {
        #[test]
        fn no_row_panics_and_its_data_is_json(cells in proptest::collection::vec(".{0,20}|2023-11-16|12[.,]5", 0..6)) {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            for sign in DecimalSign::ALL {
                if let Ok(row) = read(&cells, sign) {
                    let data: Result<serde_json::Value, _> = serde_json::from_str(&row.data);
                    prop_assert!(data.is_ok_and(|data| data.is_object()), "{}", row.data);
                }
            }
        }

        #[test]
        fn rows_with_other_cells_have_another_canonical_text(a in "[|:{}a1\"]{1,6}", b in "[|:{}a1\"]{1,6}", c in "[|:{}a1\"]{0,6}", d in "[|:{}a1\"]{0,6}") {
            let one = read(&["2023-11-16", &a, "1", &c], DecimalSign::Point).unwrap();
            let other = read(&["2023-11-16", &b, "1", &d], DecimalSign::Point).unwrap();
            prop_assert_eq!((&a, &c) == (&b, &d), one.canonical() == other.canonical());
        }
    }
}
