//! A mail as the product writes it: what it says, not how it looks. Rendering and sending are the server's.

use crate::email::Email;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A mail to one person: a subject, paragraphs, at most a few buttons, small print.
///
/// A button's address may hold a secret (an invite, a reset), so `Debug` shows neither text nor addresses, and the
/// queue forgets a letter once it is sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    to: Email,
    subject: String,
    parts: Vec<Part>,
}

/// A part of a letter, in reading order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A paragraph.
    Say(String),
    /// What the letter asks for, as a link.
    Button {
        /// What the button says: a verb.
        label: String,
        /// The absolute address.
        url: String,
    },
    /// Small print: how long a link works, what to do if one did not ask for it.
    Aside(String),
}

impl Letter {
    /// A letter without a body. A subject is one line, whatever is in it: names that people chose can't add headers.
    pub fn new(to: &Email, subject: impl Into<String>) -> Self {
        let subject: String = subject.into();
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { to: to.clone(), subject, parts: Vec::new() }
    }

    /// Adds a paragraph.
    #[must_use]
    pub fn say(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Say(text.into()));
        self
    }

    /// Adds a link that stands out. `url` must be absolute.
    #[must_use]
    pub fn button(mut self, label: impl Into<String>, url: impl Into<String>) -> Self {
        self.parts.push(Part::Button { label: label.into(), url: url.into() });
        self
    }

    /// Adds small print.
    #[must_use]
    pub fn aside(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Aside(text.into()));
        self
    }

    /// Who gets it.
    pub const fn to(&self) -> &Email {
        &self.to
    }

    /// The subject, one line.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The body.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Letter({} parts)", self.parts.len())
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Part(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_line_and_nothing_of_a_letter_is_in_a_log() {
        let to = Email::parse("ada@x.example").unwrap();
        let letter =
            Letter::new(&to, "Join Acme\r\nBcc: all@x.example").button("Join", "https://s.example/invite/secret");
        assert_eq!(letter.subject(), "Join Acme Bcc: all@x.example");
        let shown = format!("{letter:?} {:?}", letter.parts());
        assert!(!shown.contains("secret") && !shown.contains("ada"), "{shown}");
        let stored = serde_json::to_string(&letter).unwrap();
        assert!(serde_json::from_str::<Letter>(&stored).is_ok_and(|read| read == letter));
    }
}
