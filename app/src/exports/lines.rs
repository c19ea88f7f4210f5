//! Lines of the files of a table: CSV and JSON Lines.

use model::csv;
use std::fmt::Write as _;
use store::exports::{Cell, Cells, Table};

/// Format of a table's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// RFC 4180, for spreadsheets: text that a spreadsheet would take for a formula begins with an apostrophe, and null is
    /// an empty cell.
    Csv,
    /// A JSON object per line, with every value as it is stored.
    JsonLines,
}

impl Format {
    pub(super) const ALL: [Self; 2] = [Self::Csv, Self::JsonLines];

    /// Returns the path of the table's file in the archive.
    pub(super) fn path(self, table: &str) -> String {
        match self {
            Self::Csv => format!("csv/{table}.csv"),
            Self::JsonLines => format!("jsonl/{table}.jsonl"),
        }
    }

    /// Returns what precedes the rows.
    pub(super) fn head(self, table: &Table) -> String {
        match self {
            Self::Csv => {
                let columns = csv::row(table.columns.iter().map(|column| column.name.as_str()));
                format!("{}{columns}", csv::BYTE_ORDER_MARK)
            }
            Self::JsonLines => String::new(),
        }
    }

    /// Appends a row.
    pub(super) fn row(self, text: &mut String, table: &Table, cells: &Cells) {
        match self {
            Self::Csv => text.push_str(&csv::row(cells.iter().map(|cell| cell.as_deref().unwrap_or_default()))),
            Self::JsonLines => object(text, table, cells),
        }
    }
}

fn object(text: &mut String, table: &Table, cells: &Cells) {
    let mut before = '{';
    for (column, cell) in table.columns.iter().zip(cells) {
        text.push(before);
        before = ',';
        string(text, &column.name);
        text.push(':');
        match (column.cell, cell) {
            (_, None) => text.push_str("null"),
            (Cell::Json, Some(value)) => text.push_str(value),
            (Cell::Text, Some(value)) => string(text, value),
        }
    }
    text.push_str("}\n");
}

/// Appends a JSON string.
fn string(text: &mut String, value: &str) {
    // Displaying a string can't fail.
    let _ = write!(text, "{}", serde_json::Value::from(value));
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::exports::Column;

    fn table() -> Table {
        Table::of(
            "t",
            vec![Column::of("name", "text"), Column::of("total_minor", "bigint"), Column::of("data", "jsonb")],
        )
    }

    #[test]
    fn a_row_is_the_same_in_both_formats() {
        let cells = vec![Some("=1+\"x\"\n".to_owned()), Some("-5".to_owned()), Some("{\"a\": [1.50]}".to_owned())];
        let nothing = vec![None, None, None];
        let mut csv = Format::Csv.head(&table());
        let mut json = Format::JsonLines.head(&table());
        for cells in [&cells, &nothing] {
            Format::Csv.row(&mut csv, &table(), cells);
            Format::JsonLines.row(&mut json, &table(), cells);
        }
        assert_eq!(
            csv, "\u{feff}name,total_minor,data\r\n\"'=1+\"\"x\"\"\n\",-5,\"{\"\"a\"\": [1.50]}\"\r\n,,\r\n",
            "a formula is escaped, a number is not"
        );
        assert_eq!(
            json,
            "{\"name\":\"=1+\\\"x\\\"\\n\",\"total_minor\":-5,\"data\":{\"a\": [1.50]}}\n\
             {\"name\":null,\"total_minor\":null,\"data\":null}\n"
        );
    }
}
