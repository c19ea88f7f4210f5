//! CSV export for spreadsheets and other programs (RFC 4180).
//!
//! A spreadsheet treats a cell as a formula if it starts with certain characters, and the cell boundaries depend on the
//! locale. In many European countries the list separator is `;`, so a file with commas is split at the semicolons
//! inside its cells. An apostrophe is therefore inserted wherever a cell could start with a formula, for any separator
//! (ASVS 1.2.10). Numbers, IDs and dates are not formulas and stay unchanged.

/// UTF-8 byte order mark. At the start of a file it makes spreadsheets read the file as UTF-8.
pub const BYTE_ORDER_MARK: char = '\u{feff}';

/// A CSV file under construction. It starts with a byte order mark.
#[derive(Debug, Clone)]
pub struct Csv(String);

impl Csv {
    /// Creates a file with these column names.
    pub fn new<'a>(columns: impl IntoIterator<Item = &'a str>) -> Self {
        let mut csv = Self(BYTE_ORDER_MARK.to_string());
        csv.row(columns);
        csv
    }

    /// Appends a row.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        self.0.push_str(&row(cells));
    }

    /// Returns the content of the file.
    pub fn finish(self) -> String {
        self.0
    }
}

/// Formats one row, including its line break. Use it to stream a file, with [`BYTE_ORDER_MARK`] before the first row.
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (at, value) in cells.into_iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        cell(&mut line, value);
    }
    line.push_str("\r\n");
    line
}

fn cell(line: &mut String, value: &str) {
    let inert = inert(value);
    let bare = inert == value
        && !value.contains(['"', '\n', '\r'])
        && !value.chars().any(parts_cells)
        && value.trim().len() == value.len();
    if bare {
        line.push_str(value);
    } else {
        line.push('"');
        line.push_str(&inert.replace('"', "\"\""));
        line.push('"');
    }
}

/// Returns `true` for characters that separate cells in some program or locale, and for quotes.
const fn parts_cells(c: char) -> bool {
    matches!(c, ',' | ';' | '\t' | '|' | '"' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Returns `true` for characters that start a formula, including their full-width and small variants.
const fn begins_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '﹢' | '﹣' | '﹦' | '﹫' | '−')
}

/// Returns `true` for characters that a program may skip at the start of a cell.
fn is_passed_over(c: char) -> bool {
    c.is_whitespace() || c.is_control() || crate::text::is_hidden(c)
}

/// Inserts an apostrophe wherever the value, or a part of it that could become a cell of its own, starts like a
/// formula.
fn inert(value: &str) -> String {
    if is_number(value) {
        return value.to_owned();
    }
    let mut inert = String::with_capacity(value.len() + 2);
    if value.starts_with(['\t', '\r', '\n']) {
        inert.push('\'');
    }
    let mut at_start = true;
    for c in value.chars() {
        if at_start && begins_formula(c) {
            inert.push('\'');
        }
        at_start = parts_cells(c) || at_start && is_passed_over(c);
        inert.push(c);
    }
    inert
}

/// Returns `true` for a formatted number with an optional sign, currency or percent sign (`-12.50`, `+49 30 123`,
/// `-1’200,00 CHF`), and for a single dash.
fn is_number(text: &str) -> bool {
    // Trim spaces only: after a line break or a tab, the number would be in a cell of its own.
    let text = text.trim_matches(is_space);
    let unsigned = text.trim_start_matches(['-', '+', '−']);
    if text.chars().count() - unsigned.chars().count() > 1 {
        return false;
    }
    let amount = unsigned.trim_start_matches(['$', '€', '£', '¥']);
    let amount = amount.trim_end_matches(|c: char| c.is_ascii_uppercase() || matches!(c, '$' | '€' | '£' | '¥' | '%'));
    let behind = unsigned.len() - amount.len();
    let digits = |c: char| c.is_ascii_digit() || is_space(c) || matches!(c, '.' | ',' | '\'' | '’');
    behind <= 6
        && amount.chars().all(digits)
        && (amount.starts_with(|c: char| c.is_ascii_digit()) || unsigned.is_empty())
}

/// Returns `true` for spaces that separate groups of digits or surround a number.
const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(value: &str) -> String {
        row([value]).trim_end_matches("\r\n").to_owned()
    }

    /// Splits the text into cells like a program that uses `separator`. A quote is special only at the start of a cell,
    /// and text after the closing quote belongs to the cell.
    fn read(text: &str, separator: char) -> Vec<String> {
        let mut cells = vec![String::new()];
        let (mut quoted, mut begun) = (false, false);
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            let Some(cell) = cells.last_mut() else { return cells };
            if quoted && c == '"' {
                if rest.peek() == Some(&'"') {
                    rest.next();
                    cell.push('"');
                } else {
                    quoted = false;
                }
            } else if quoted {
                cell.push(c);
            } else if c == separator || c == '\n' || c == '\r' {
                cells.push(String::new());
                begun = false;
                continue;
            } else if c == '"' && !begun {
                quoted = true;
            } else {
                cell.push(c);
            }
            begun = true;
        }
        cells
    }

    fn is_formula(cell: &str) -> bool {
        let shown = cell.trim_start_matches(is_passed_over).trim_start_matches('"');
        shown.starts_with(begins_formula) && !is_number(shown.trim_end_matches('"'))
    }

    #[test]
    fn formulas_are_escaped_anywhere_in_a_cell() {
        for (value, written) in [
            ("=1+1", "\"'=1+1\""),
            ("Größe;=1+1", "\"Größe;'=1+1\""),
            ("a,@b", "\"a,'@b\""),
            ("a\t+b", "\"a\t'+b\""),
            ("a\n-b", "\"a\n'-b\""),
            ("＝1", "\"'＝1\""),
            (" =1", "\" '=1\""),
            ("\u{200b}=1", "\"\u{200b}'=1\""),
            ("x;\"=1", "\"x;\"\"'=1\""),
            ("-2+3+cmd|' /C calc'!A0", "\"'-2+3+cmd|' /C calc'!A0\""),
            ("\tx", "\"'\tx\""),
            ("=", "\"'=\""),
            ("+", "+"),
            ("-A1", "\"'-A1\""),
            ("\r+", "\"'\r'+\""),
            ("\t-5", "\"'\t'-5\""),
        ] {
            assert_eq!(one(value), written, "{value:?}");
        }
    }

    #[test]
    fn numbers_ids_and_dates_are_unchanged() {
        for value in [
            "-12.50", "-1 200.00 EUR", "-€5", "+49 30 1234567", "-7%", "0", "IT-2026-0121", "2026-11-29", "-", "a=b",
            "a-b", "x@y.example", "0193e5f0-7b3c-7d4a-8f21-5c6d7e8f9012", "Alder & Finch", "’Tis", "12:30", "1e10", "",
        ] {
            assert_eq!(one(value), value);
        }
        assert_eq!(one("-1,200.00"), "\"-1,200.00\"", "quoted, and no more");
        assert_eq!(one("a;-5"), "\"a;'-5\"", "what stands behind it may join it to a formula");
    }

    /// Known faults of exports: yen and dinars multiplied or divided by 100.
    #[test]
    fn an_amount_has_the_decimal_places_of_the_currency_beside_it() {
        let amount = |minor, code| {
            let money = crate::Money { minor, currency: crate::Currency::from_code(code).unwrap() };
            row([money.decimal().as_str(), code])
        };
        assert_eq!(amount(8, "JPY"), "8,JPY\r\n");
        assert_eq!(amount(1, "KWD"), "0.001,KWD\r\n");
        assert_eq!(amount(-305, "EUR"), "-3.05,EUR\r\n");
    }

    #[test]
    fn a_file_starts_with_a_byte_order_mark_and_column_names() {
        let mut csv = Csv::new(["time", "who"]);
        csv.row(["now", "Zoë, \"Z\""]);
        assert_eq!(csv.finish(), "\u{feff}time,who\r\nnow,\"Zoë, \"\"Z\"\"\"\r\n");
    }

    proptest! {
        #[test]
        fn no_separator_yields_a_formula_cell(value in "[=+@\\-＝－\t\r\n,;|\"' a1.\u{a0}\u{200b}]{0,14}|.{0,12}") {
            let line = row(["x", &value, "y"]);
            let line = line.trim_end_matches("\r\n");
            for separator in [',', ';', '\t', '|'] {
                for cell in read(line, separator) {
                    prop_assert!(!is_formula(&cell), "{cell:?} of {line:?} by {separator:?}");
                }
            }
            // Read with the right separator, the cell is the value with nothing but apostrophes added.
            let cells = read(line, ',');
            prop_assert_eq!(cells.len(), 3, "{:?}", line);
            let mut original = value.chars().peekable();
            for c in cells[1].chars() {
                if original.peek() == Some(&c) {
                    original.next();
                } else {
                    prop_assert_eq!(c, '\'');
                }
            }
            prop_assert_eq!(original.next(), None, "{:?}", line);
        }

        #[test]
        fn numbers_are_never_escaped(minor: i64, digits in 0_u32..4) {
            let scale = 10_i64.pow(digits);
            let amount = format!("{}{}.{:03}", if minor < 0 { "-" } else { "" }, (minor / scale).unsigned_abs(), minor.rem_euclid(1000));
            prop_assert_eq!(one(&amount), amount);
        }
    }
}
