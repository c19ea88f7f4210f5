//! Validation and normalization of text entered by users: allowed characters, Unicode normalization, and isolation of
//! names in a sentence of another text direction.
//!
//! Unicode can spell the same text in several ways: `é` is one character or two, `ﬁ` is one letter or two. Lines are
//! stored in NFC. Searches compare a more general form (`text/fold.rs`), the same as `ops.fold` in PostgreSQL.

mod fold;
mod unicode;

pub(crate) use fold::{Accents, fold, folded, has_accent};
pub use unicode::nfc;
pub(crate) use unicode::{is_hidden, is_mark, nfd, nfkc};

use std::{borrow::Cow, fmt, ops::Deref};
use unicode::{is_direction_control, is_joiner, is_right_to_left, is_selector};

/// One line of validated text: a name, a unit, a label.
///
/// It is trimmed, in NFC, and has at least one visible character. It has no line breaks, control characters or
/// bidirectional control characters. Invisible characters are removed, so that names that look alike are equal. They
/// are kept where a script or an emoji needs them (joiners in Persian or Hindi, a direction mark beside Hebrew
/// letters).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

impl Line {
    /// Parses a line of 1 to `max` characters. `what` names the field in error messages, for example "a name".
    ///
    /// # Errors
    /// An error message for the field if the text violates one of the rules above.
    pub fn parse(what: &str, text: &str, max: usize) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err(format!("Enter {what}."));
        }
        if text.chars().any(is_line_break) {
            return Err("Use one line only.".to_owned());
        }
        if text.chars().any(char::is_control) {
            return Err(format!("Remove the control characters from {what}."));
        }
        if let Some(control) = text.chars().find(|c| is_direction_control(*c)) {
            let code = u32::from(control);
            return Err(format!("Remove the character U+{code:04X}, which changes the direction of the text."));
        }
        let text = nfc(&seen(text)).trim().to_owned();
        if !text.chars().any(is_visible) {
            return Err("Use at least one visible character.".to_owned());
        }
        if text.chars().count() > max {
            return Err(format!("Keep {what} to {max} characters."));
        }
        Ok(Self(text))
    }

    /// Returns the normalized text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Line {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Line> for String {
    fn from(line: Line) -> Self {
        line.0
    }
}

/// Parses a text of several lines: trimmed, in NFC, at most `max` characters, possibly empty. `what` names the field in
/// error messages. Bidirectional control characters are removed instead of rejected, because pasted telephone numbers
/// often contain them.
///
/// # Errors
/// An error message for the field if the text contains control characters or is longer than `max` characters.
pub fn paragraphs(what: &str, text: &str, max: usize) -> Result<String, String> {
    // Browsers submit forms with CR LF line breaks.
    let text = text.trim().replace("\r\n", "\n").replace('\r', "\n");
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(format!("Remove the control characters from {what}."));
    }
    let plain: String = text.chars().filter(|c| !is_direction_control(*c)).collect();
    let text = nfc(&plain).into_owned();
    if text.chars().count() > max {
        return Err(format!("Keep {what} to {max} characters."));
    }
    Ok(text)
}

/// Maximum number of characters of a subject and of an external id.
pub const SUBJECT_MAX: usize = 200;

/// Parses a subject or an external id. It is compared with the subjects of events byte by byte, so nothing but the
/// whitespace around it is removed.
///
/// # Errors
/// An error message for the field if the text is empty, has control characters or is longer than [`SUBJECT_MAX`]
/// characters.
pub fn subject(what: &str, text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("Enter {what}."));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("Remove the control characters from {what}."));
    }
    if text.chars().count() > SUBJECT_MAX {
        return Err(format!("Keep {what} to {SUBJECT_MAX} characters."));
    }
    Ok(text.to_owned())
}

/// Replaces control characters, line breaks and bidirectional control characters with spaces, for text that can't be
/// rejected.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_line_break(c) || is_direction_control(c) { ' ' } else { c }).collect()
}

/// Isolates a name for use in a sentence in which no element can do it (a title, the subject of an email, a message).
///
/// Right-to-left letters would reorder the words and numbers around them. A name that contains them is put between
/// U+2068 and U+2069 (UAX #9, section 2.7). Any other name is returned unchanged.
pub fn isolated(name: &str) -> Cow<'_, str> {
    if name.chars().any(|c| is_right_to_left(c) || is_direction_control(c)) {
        let inside: String = name.chars().filter(|c| !is_direction_control(*c)).collect();
        Cow::Owned(format!("\u{2068}{inside}\u{2069}"))
    } else {
        Cow::Borrowed(name)
    }
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Returns `true` if the character is visible by itself.
fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !is_hidden(c) && !is_mark(c)
}

/// Removes invisible characters, except where they have an effect: a joiner between letters of a script that uses it,
/// or between the parts of an emoji; a variation selector or a tag after the character that it modifies; a direction
/// mark in a text with right-to-left letters. Other kinds of whitespace become spaces, except the ideographic space of
/// Chinese and Japanese.
fn seen(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let right_to_left = text.chars().any(|c| is_right_to_left(c) && !is_hidden(c));
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let before = kept.chars().next_back();
        let keep = match c {
            c if is_joiner(c) => {
                before.is_some_and(joins) && rest.peek().is_some_and(|next| joins(*next) && !is_hidden(*next))
            }
            c if is_selector(c) => before.is_some_and(|b| varies(b) || is_selector(b) && u32::from(b) >= 0xe_0000),
            '\u{200e}' | '\u{200f}' | '\u{61c}' => right_to_left,
            c => !is_hidden(c),
        };
        match c {
            '\u{3000}' => kept.push(c),
            c if c.is_whitespace() => kept.push(' '),
            c if keep => kept.push(c),
            _ => {}
        }
    }
    Cow::Owned(kept)
}

/// Returns `true` if a joiner next to the character has an effect: letters from Hebrew on, except later blocks of Latin
/// and Greek, and emoji.
fn joins(c: char) -> bool {
    let code = u32::from(c);
    (0x590..0x1e00).contains(&code) || (0x2190..0x2800).contains(&code) || code >= 0xa000 || is_selector(c)
}

/// Returns `true` if a variation selector after the character has an effect: digits and signs that can be emoji,
/// symbols, Han, Mongolian.
fn varies(c: char) -> bool {
    let code = u32::from(c);
    matches!(c, '0'..='9' | '#' | '*' | '©' | '®') || (0x1000..0x1e00).contains(&code) || code >= 0x2030
}

#[cfg(test)]
mod tests;
