//! The data of an event: a JSON object whose numbers keep all their digits.

use serde_json::value::RawValue;
use std::{collections::BTreeMap, fmt::Write as _};

/// Maximum size of the data in bytes.
const MOST_BYTES: usize = 8 * 1024;
/// Maximum number of objects and arrays within each other.
const MOST_DEPTH: usize = 16;
/// Maximum length of a number in characters, and maximum exponent: the database expands numbers.
const MOST_NUMBER: usize = 64;
const MOST_EXPONENT: i32 = 60;

/// Data of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    text: String,
    canonical: String,
    properties: BTreeMap<String, Property>,
}

/// Value of a property of the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Property {
    /// A number, with its digits as sent.
    Number(String),
    /// A string.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// `null`, an object or an array, none of which a meter can count.
    Other,
}

impl Property {
    /// Returns the text that a meter's filter is compared with; `None` for [`Property::Other`].
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Number(text) | Self::Text(text) => Some(text),
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::Other => None,
        }
    }
}

impl Default for Data {
    /// An empty object.
    fn default() -> Self {
        Self { text: "{}".to_owned(), canonical: "{}".to_owned(), properties: BTreeMap::new() }
    }
}

impl Data {
    /// Parses a JSON object. Every object that this accepts, the database can store.
    ///
    /// # Errors
    /// What the data must be or have, as the end of the sentence "data must …".
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const OBJECT: &str = "be a JSON object";
        if text.len() > MOST_BYTES {
            return Err("have at most 8 kB");
        }
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(|_| OBJECT)?;
        let mut canonical = String::with_capacity(text.len());
        canonicalize(text.trim(), 0, &mut canonical)?;
        let mut properties = BTreeMap::new();
        for (name, raw) in fields {
            let value = match raw.get().as_bytes().first() {
                Some(b'"') => Property::Text(serde_json::from_str(raw.get()).map_err(|_| OBJECT)?),
                Some(b't') => Property::Bool(true),
                Some(b'f') => Property::Bool(false),
                Some(b'-' | b'0'..=b'9') => Property::Number(raw.get().to_owned()),
                _ => Property::Other,
            };
            properties.insert(name, value);
        }
        Ok(Self { text: text.to_owned(), canonical, properties })
    }

    /// Creates data from properties, for events that were not sent as JSON.
    ///
    /// # Errors
    /// As for [`Data::parse`], and for a [`Property::Number`] that is not a number in JSON.
    pub fn from_properties(properties: &[(String, Property)]) -> Result<Self, &'static str> {
        let mut text = "{".to_owned();
        for (name, value) in properties {
            if text.len() > 1 {
                text.push(',');
            }
            push_string(name, &mut text)?;
            text.push(':');
            match value {
                // Any other text could add properties.
                Property::Number(number) if number.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)) => {
                    text.push_str(number);
                }
                Property::Number(_) => return Err("have valid numbers"),
                Property::Text(value) => push_string(value, &mut text)?,
                Property::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
                Property::Other => text.push_str("null"),
            }
        }
        text.push('}');
        Self::parse(&text)
    }

    /// Returns the object as it was sent.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns a property of the object.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.get(name)
    }

    /// Returns the object with sorted properties, without white space, and with one form for equal numbers.
    pub(super) fn canonical(&self) -> &str {
        &self.canonical
    }
}

/// Appends the canonical form of a JSON value.
fn canonicalize(text: &str, depth: usize, out: &mut String) -> Result<(), &'static str> {
    const JSON: &str = "be valid JSON";
    if depth > MOST_DEPTH {
        return Err("have at most 16 levels");
    }
    match text.as_bytes().first() {
        Some(b'{') => {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(|_| JSON)?;
            out.push('{');
            for (at, (name, raw)) in fields.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                push_string(name, out)?;
                out.push(':');
                canonicalize(raw.get(), depth + 1, out)?;
            }
            out.push('}');
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| JSON)?;
            out.push('[');
            for (at, raw) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                canonicalize(raw.get(), depth + 1, out)?;
            }
            out.push(']');
        }
        // Parsing a string refuses halves of surrogate pairs, which the database can't store.
        Some(b'"') => push_string(&serde_json::from_str::<String>(text).map_err(|_| JSON)?, out)?,
        Some(b'-' | b'0'..=b'9') => push_number(text, out)?,
        _ => out.push_str(text),
    }
    Ok(())
}

fn push_string(text: &str, out: &mut String) -> Result<(), &'static str> {
    if text.contains('\0') {
        return Err("contain no null characters");
    }
    out.push_str(&serde_json::to_string(text).map_err(|_| "be valid JSON")?);
    Ok(())
}

/// Appends a number as its significant digits and the exponent of the last one: `1.50` and `15e-1` become `15e-1`.
fn push_number(text: &str, out: &mut String) -> Result<(), &'static str> {
    const LARGE: &str = "have numbers with at most 64 characters and exponents of at most 60";
    if text.len() > MOST_NUMBER {
        return Err(LARGE);
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().map_err(|_| LARGE)?;
    if exponent.abs() > MOST_EXPONENT {
        return Err(LARGE);
    }
    let (sign, unsigned) = mantissa.strip_prefix('-').map_or(("", mantissa), |unsigned| ("-", unsigned));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        out.push('0');
        return Ok(());
    }
    // Both lengths are at most 64.
    let cut = i32::try_from(digits.len() - significant.len()).unwrap_or(0);
    let places = i32::try_from(fraction.len()).unwrap_or(0);
    let _ = write!(out, "{sign}{significant}e{}", exponent - places + cut);
    Ok(())
}
