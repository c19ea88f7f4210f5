//! Details of a log entry: the values that an action set or changed.

use crate::text::{isolated, one_line};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A value in the detail of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fact {
    /// A single value.
    Is(String),
    /// A change from an old to a new value.
    Was {
        /// Old value.
        from: String,
        /// New value.
        to: String,
    },
}

/// Maximum length of a stored value, in characters. Longer values are truncated.
const FACT_MAX: usize = 300;

/// Details of an entry, by field name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Detail(pub BTreeMap<String, Fact>);

impl Detail {
    /// Creates an empty detail.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a value: `.with("email", address)`.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl ToString) -> Self {
        self.0.insert(field.to_owned(), Fact::Is(cut(&value.to_string())));
        self
    }

    /// Adds a change. Equal values are omitted.
    #[must_use]
    pub fn change(mut self, field: &str, from: impl ToString, to: impl ToString) -> Self {
        let (from, to) = (cut(&from.to_string()), cut(&to.to_string()));
        if from != to {
            self.0.insert(field.to_owned(), Fact::Was { from, to });
        }
        self
    }

    /// Returns `true` if the detail has no values.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Formats the detail: `address: smartai-it → smartai-tech; name: IT → Tech`.
    pub fn words(&self) -> String {
        let words = |value: &str| if value.is_empty() { "nothing".to_owned() } else { isolated(value).into_owned() };
        let fact = |(field, fact): (&String, &Fact)| {
            let field = field.replace('_', " ");
            match fact {
                Fact::Is(value) => format!("{field}: {}", words(value)),
                Fact::Was { from, to } => format!("{field}: {} → {}", words(from), words(to)),
            }
        };
        self.0.iter().map(fact).collect::<Vec<_>>().join("; ")
    }
}

/// Removes control characters, which could forge a line of an export (ASVS 16.4.1), and truncates the value.
fn cut(value: &str) -> String {
    one_line(value).chars().take(FACT_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_formats_and_serializes_old_and_new_values() {
        let detail = Detail::none()
            .change("address", "smartai-it", "smartai-tech")
            .change("name", "IT", "IT")
            .with("note", "one\r\ntwo");
        assert_eq!(detail.words(), "address: smartai-it → smartai-tech; note: one  two");
        let json = serde_json::to_string(&detail).unwrap_or_default();
        assert_eq!(json, r#"{"address":{"from":"smartai-it","to":"smartai-tech"},"note":"one  two"}"#);
        assert_eq!(serde_json::from_str::<Detail>(&json).ok(), Some(detail));
        assert!(Detail::none().change("name", "a", "a").is_empty());
    }
}
