//! Which columns are exported. A table is exported without being named here; a column that could hold a secret is not.

/// Columns that are never exported, and why.
const WITHHELD: &[(&str, &str, &str)] = &[
    ("import_chunks", "bytes", "Part of an uploaded file, which is removed when its import ends."),
    ("webhooks", "former_secret", "A secret that signs webhooks."),
    ("webhooks", "secret", "A secret that signs webhooks."),
];

/// Columns whose values are files of the export.
const FILES: &[(&str, &str)] = &[("invoice_files", "content")];

/// Columns that look like secrets and are none.
const HARMLESS: &[(&str, &str)] = &[("imports", "file_sha256"), ("invoice_files", "sha256"), ("invoices", "basis")];

/// What an export does with a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Its values are cells.
    Cell,
    /// Each value is a file.
    File,
    /// It is left out, for this reason.
    Withheld(&'static str),
    /// It is left out, because it could hold a secret and nobody has decided that it does not. A test fails for it.
    Undecided,
}

/// Returns the rule for a column of a table of the schema `workspace`. `kind` is the name of its type.
pub fn rule(table: &str, column: &str, kind: &str) -> Rule {
    if let Some((_, _, why)) = WITHHELD.iter().find(|(of, name, _)| (*of, *name) == (table, column)) {
        return Rule::Withheld(why);
    }
    if FILES.contains(&(table, column)) {
        return Rule::File;
    }
    let doubtful = kind.starts_with("bytea") || ["secret", "hash", "token"].iter().any(|word| column.contains(word));
    if doubtful && !HARMLESS.contains(&(table, column)) { Rule::Undecided } else { Rule::Cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_could_hold_a_secret_is_left_out_until_it_is_decided() {
        for (column, kind) in
            [("client_secret", "text"), ("password_hash", "text"), ("token_id", "uuid"), ("x", "bytea")]
        {
            assert_eq!(rule("new_table", column, kind), Rule::Undecided, "{column}");
        }
        assert_eq!(rule("new_table", "name", "text"), Rule::Cell, "control");
        assert!(matches!(rule("webhooks", "secret", "bytea"), Rule::Withheld(_)));
        assert_eq!(rule("invoice_files", "content", "bytea"), Rule::File);
        assert_eq!(rule("imports", "file_sha256", "bytea"), Rule::Cell);
    }
}
