//! Tables of an export, as read from the catalogue, and the statements that read their rows.

use super::rules::{Rule, rule};
use std::collections::BTreeMap;

/// A table of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Name, without the schema.
    pub name: String,
    /// Columns whose values are exported, in the order of the table.
    pub columns: Vec<Column>,
    /// Columns that are left out, and why.
    pub left_out: Vec<(String, &'static str)>,
    /// Columns of the primary key, in its order.
    key: Vec<String>,
    /// Column whose values are files.
    file: Option<String>,
}

/// A column of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name.
    pub name: String,
    /// How its values are written.
    pub cell: Cell,
    /// Name of its type.
    kind: String,
}

/// How the text of a value is written in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// As a string: text, ids, times, days, and decimal numbers, which lose no digit this way.
    Text,
    /// As it is: whole numbers, `true` and `false`, and JSON.
    Json,
}

/// A column of the catalogue.
pub(super) struct Found {
    pub(super) table: String,
    pub(super) column: String,
    pub(super) kind: String,
    /// Position in the primary key, 1 for the first; 0 outside of it.
    pub(super) key: i32,
    /// The server's role may read it.
    pub(super) readable: bool,
}

/// Returns the tables of these columns, by name.
pub(super) fn tables(found: Vec<Found>) -> Vec<Table> {
    let mut tables: BTreeMap<String, (Table, Vec<(i32, String)>)> = BTreeMap::new();
    for Found { table, column, kind, key, readable } in found {
        let rule = rule(&table, &column, &kind);
        let (table, keys) = tables.entry(table).or_insert_with_key(|name| {
            let table =
                Table { name: name.clone(), columns: Vec::new(), left_out: Vec::new(), key: Vec::new(), file: None };
            (table, Vec::new())
        });
        if key > 0 {
            keys.push((key, column.clone()));
        }
        match rule {
            Rule::Withheld(why) => table.left_out.push((column, why)),
            Rule::Undecided => table.left_out.push((column, "It could hold a secret.")),
            _ if !readable => table.left_out.push((column, "The server itself can’t read it.")),
            Rule::File => table.file = Some(column),
            Rule::Cell => table.columns.push(Column::new(column, kind)),
        }
    }
    let tables = tables.into_values().map(|(mut table, mut keys)| {
        keys.sort();
        table.key = keys.into_iter().map(|(_, column)| column).collect();
        table
    });
    // A table of which the server can read nothing has nothing to export.
    tables.filter(|table| !table.columns.is_empty()).collect()
}

impl Column {
    /// Creates a column with a type of PostgreSQL, such as `bigint`.
    pub fn of(name: &str, kind: &str) -> Self {
        Self::new(name.to_owned(), kind.to_owned())
    }

    fn new(name: String, kind: String) -> Self {
        let cell = match kind.as_str() {
            "boolean" | "smallint" | "integer" | "bigint" | "json" | "jsonb" => Cell::Json,
            kind if kind.ends_with("[]") => Cell::Json,
            _ => Cell::Text,
        };
        Self { name, cell, kind }
    }

    /// Returns the expression for the value as text.
    fn expression(&self) -> String {
        let name = quoted(&self.name);
        match self.kind.as_str() {
            "json" => format!("{name}::jsonb::text"),
            "bytea" => format!("encode({name}, 'hex')"),
            "timestamp with time zone" => {
                format!("to_char({name} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
            }
            kind if kind.ends_with("[]") => format!("to_jsonb({name})::text"),
            _ => format!("{name}::text"),
        }
    }
}

impl Table {
    /// Creates a table without a key.
    pub fn of(name: &str, columns: Vec<Column>) -> Self {
        Self { name: name.to_owned(), columns, left_out: Vec::new(), key: Vec::new(), file: None }
    }

    /// Returns `true` if its rows have files.
    pub fn has_files(&self) -> bool {
        self.file.is_some()
    }

    /// Returns the statement that declares the cursor over the rows: an array of texts each.
    pub(super) fn rows(&self, cursor: &str) -> String {
        let cells: Vec<String> = self.columns.iter().map(Column::expression).collect();
        self.cursor(cursor, &format!("array[{}]::text[]", cells.join(", ")), "")
    }

    /// Returns the statement that declares the cursor over the files: the values of the primary key, and the content.
    pub(super) fn files(&self, cursor: &str) -> Option<String> {
        let file = quoted(self.file.as_ref()?);
        let own: Vec<&String> = self.key.iter().filter(|column| *column != "workspace_id").collect();
        let key: Vec<String> = own.iter().map(|column| format!("{}::text", quoted(column))).collect();
        Some(self.cursor(
            cursor,
            &format!("array[{}]::text[], {file}", key.join(", ")),
            &format!(" and {file} is not null"),
        ))
    }

    fn cursor(&self, cursor: &str, what: &str, and: &str) -> String {
        let order: Vec<String> = self.key.iter().map(|column| quoted(column)).collect();
        let order = if order.is_empty() { String::new() } else { format!(" order by {}", order.join(", ")) };
        format!(
            "declare {cursor} no scroll cursor for select {what} from workspace.{} where workspace_id = $1{and}{order}",
            quoted(&self.name)
        )
    }
}

/// Returns an identifier in quotes.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(column: &str, kind: &str, key: i32) -> Found {
        Found { table: "t".to_owned(), column: column.to_owned(), kind: kind.to_owned(), key, readable: true }
    }

    #[test]
    fn a_statement_names_the_workspace_and_quotes_every_name() {
        let unreadable = Found { readable: false, ..found("hidden", "text", 0) };
        let all = vec![
            found("workspace_id", "uuid", 1),
            found("at", "timestamp with time zone", 0),
            found("a\"b", "text[]", 2),
            found("secret", "text", 0),
            unreadable,
        ];
        let tables = tables(all);
        assert_eq!(
            tables[0].rows("c"),
            "declare c no scroll cursor for select array[\"workspace_id\"::text, \
             to_char(\"at\" at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), to_jsonb(\"a\"\"b\")::text]::text[] \
             from workspace.\"t\" where workspace_id = $1 order by \"workspace_id\", \"a\"\"b\""
        );
        let left_out: Vec<&str> = tables[0].left_out.iter().map(|(column, _)| column.as_str()).collect();
        assert_eq!(left_out, ["secret", "hidden"]);
        assert_eq!(tables[0].files("c"), None);
    }
}
