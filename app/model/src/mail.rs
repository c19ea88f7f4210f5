//! Content of emails sent by the application. The server renders and sends them.

use crate::email::Email;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An email to one recipient: a subject, paragraphs, buttons and footnotes.
///
/// The URL of a button may contain a secret (an invite, a password reset). `Debug` therefore shows neither text nor
/// URLs, and the queue erases the content once the email is sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    to: Email,
    subject: String,
    parts: Vec<Part>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attachment: Option<Attachment>,
}

/// A file that an email carries.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Name of the file: letters, digits, `-` and `.`.
    pub name: String,
    /// Media type, for example `application/pdf`.
    pub media_type: String,
    /// Content in base64.
    pub base64: String,
}

/// A part of the body, in reading order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A paragraph.
    Say(String),
    /// A call to action, rendered as a link.
    Button {
        /// Button label: a verb.
        label: String,
        /// Absolute URL.
        url: String,
    },
    /// A footnote: the validity of a link, or advice for recipients who did not request the email.
    Aside(String),
}

impl Letter {
    /// Creates an email without a body. Line breaks in the subject are replaced with spaces, so that user-chosen names
    /// can't inject headers.
    pub fn new(to: &Email, subject: impl Into<String>) -> Self {
        let subject: String = subject.into();
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { to: to.clone(), subject, parts: Vec::new(), attachment: None }
    }

    /// Adds a paragraph.
    #[must_use]
    pub fn say(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Say(text.into()));
        self
    }

    /// Adds a button. `url` must be absolute.
    #[must_use]
    pub fn button(mut self, label: impl Into<String>, url: impl Into<String>) -> Self {
        self.parts.push(Part::Button { label: label.into(), url: url.into() });
        self
    }

    /// Adds a footnote.
    #[must_use]
    pub fn aside(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Aside(text.into()));
        self
    }

    /// Adds a file, which replaces one added before.
    #[must_use]
    pub fn attach(mut self, attachment: Attachment) -> Self {
        self.attachment = Some(attachment);
        self
    }

    /// Returns the file, if there is one.
    pub const fn attachment(&self) -> Option<&Attachment> {
        self.attachment.as_ref()
    }

    /// Returns the recipient.
    pub const fn to(&self) -> &Email {
        &self.to
    }

    /// Returns the subject, which is one line.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Returns the parts of the body.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}

/// Maximum length of a name in an email, in characters.
const NAME_MAX: usize = 60;

/// A user-chosen name, sanitized for emails to other users: short, one line, and without links.
///
/// Mail clients turn text that looks like a URL into a link. Common schemes and `www.` are therefore removed, and a
/// space is inserted after each dot that could be part of a domain name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailName(String);

impl MailName {
    /// Sanitizes a name.
    pub fn of(name: &str) -> Self {
        let name: String = name.chars().filter(|c| !is_hidden(*c)).collect();
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut safe = unlinked(&name);
        if safe.chars().count() > NAME_MAX {
            safe = safe.chars().take(NAME_MAX - 1).collect::<String>().trim_end().to_owned() + "…";
        }
        Self(if safe.is_empty() { "(no name)".to_owned() } else { safe })
    }
}

impl fmt::Display for MailName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns `true` for invisible characters and bidirectional control characters.
fn is_hidden(c: char) -> bool {
    c.is_control() && !c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Returns `true` for dots that browsers accept in a host name.
fn is_dot(c: char) -> bool {
    matches!(c, '.' | '․' | '．' | '。' | '｡')
}

/// Removes schemes and `www` from the start of words, and splits words that look like a host name.
fn unlinked(name: &str) -> String {
    let mut words = Vec::new();
    // `://` and similar sequences would form a link with any scheme.
    let name = name.replace('\\', "/").replace("://", ": ").replace("//", " ");
    for word in name.split_whitespace() {
        let mut word = word;
        // Repeat, because prefixes can be nested (`http:http:`) or follow punctuation (`(http:`).
        loop {
            let start = word.trim_start_matches(|c: char| !c.is_alphanumeric());
            let lower = start.to_ascii_lowercase();
            let prefix = ["https", "http", "www", "mailto", "tel", "ftp"].into_iter().find(|prefix| {
                lower.strip_prefix(prefix).is_some_and(|rest| rest.starts_with([':', '/']) || rest.starts_with(is_dot))
            });
            match prefix.and_then(|prefix| start.get(prefix.len()..)) {
                Some(rest) => word = rest.trim_start_matches(|c: char| matches!(c, ':' | '/') || is_dot(c)),
                None => break,
            }
        }
        let divided = divided(word);
        if !divided.is_empty() {
            words.push(divided);
        }
    }
    words.join(" ")
}

/// Inserts a space after each dot that is followed by a letter, or after every dot in a word that may be an IP address.
fn divided(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let numbers = letters.iter().filter(|c| is_dot(**c)).count() >= 3;
    let mut text = String::with_capacity(word.len());
    for (at, letter) in letters.iter().enumerate() {
        if !is_dot(*letter) {
            text.push(*letter);
            continue;
        }
        text.push('.');
        let next = letters.get(at + 1);
        if next.is_some_and(|next| next.is_alphabetic() || numbers && next.is_alphanumeric()) {
            text.push(' ');
        }
    }
    text
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Letter({} parts)", self.parts.len())
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attachment(…)")
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
    fn the_subject_is_one_line_and_debug_hides_the_content() {
        let to = Email::parse("ada@x.example").unwrap();
        let letter =
            Letter::new(&to, "Join Acme\r\nBcc: all@x.example").button("Join", "https://s.example/invite/secret");
        assert_eq!(letter.subject(), "Join Acme Bcc: all@x.example");
        let shown = format!("{letter:?} {:?}", letter.parts());
        assert!(!shown.contains("secret") && !shown.contains("ada"), "{shown}");
        let stored = serde_json::to_string(&letter).unwrap();
        assert!(serde_json::from_str::<Letter>(&stored).is_ok_and(|read| read == letter));
    }

    #[test]
    fn names_in_mails_are_short_and_contain_no_links() {
        let cases = [
            ("Ada Moreau", "Ada Moreau"),
            ("Smart AI 2.0", "Smart AI 2.0"),
            ("Dr. Ada", "Dr. Ada"),
            ("Win at https://evil.example/prize now", "Win at evil. example/prize now"),
            ("WWW.Evil.Example", "Evil. Example"),
            ("evil.example", "evil. example"),
            ("evil．example", "evil. example"),
            ("evil。example", "evil. example"),
            ("ev\u{200b}il\u{202e}.com", "evil. com"),
            ("pay@evil.example", "pay@evil. example"),
            ("192.168.0.1", "192. 168. 0. 1"),
            ("http:http://https:evil", "evil"),
            ("(http://evil.com)", "evil. com)"),
            ("HTTP team", "HTTP team"),
            ("javascript://x", "javascript: x"),
            ("\\\\evil.com\\share", "evil. com/share"),
            ("a\r\nb", "a b"),
            ("", "(no name)"),
            ("https://", "(no name)"),
        ];
        for (name, expected) in cases {
            assert_eq!(MailName::of(name).to_string(), expected, "{name:?}");
        }
        let long = MailName::of(&"x".repeat(500)).to_string();
        assert_eq!(long.chars().count(), 60);
        assert!(long.ends_with('…'));
    }

    proptest::proptest! {
        #[test]
        fn no_name_in_a_mail_contains_a_url_or_host_name(name in "([a-zA-Z]{0,5}(https?|www|ftp)?(://|:|\\.|．|//|/| |@|\\\\)){0,6}[a-z0-9]{0,6}") {
            let safe = MailName::of(&name).to_string();
            proptest::prop_assert!(!safe.contains("://") && !safe.contains("//"), "{safe:?}");
            let letters: Vec<char> = safe.chars().collect();
            let host = letters.windows(2).any(|two| is_dot(two[0]) && two[1].is_alphabetic());
            proptest::prop_assert!(!host, "{safe:?}");
        }
    }
}
