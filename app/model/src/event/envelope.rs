//! An event with its attributes.

use super::{
    data::Data,
    identity,
    limits::MOST_BYTES,
    refusal::{EXCERPT, Refusal, Rejected, excerpt},
};
use crate::id::EventKey;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A usage event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Where the event happened, for example the name of a service: 1 to 200 characters.
    pub source: String,
    /// Id of the event at its source: 1 to 200 characters.
    pub id: String,
    /// Type of the event, by which meters find it: 1 to 100 characters.
    pub kind: String,
    /// A customer's subject, or their id: 1 to 200 characters.
    pub subject: String,
    /// When it happened, with microseconds. `None`: when it arrives.
    pub time: Option<OffsetDateTime>,
    /// Properties of the event.
    pub data: Data,
    /// Size of the event as it was sent, in bytes.
    pub bytes: usize,
    key: EventKey,
    fingerprint: i64,
}

/// Attributes of an event, before they are checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributes {
    /// Source.
    pub source: String,
    /// Id.
    pub id: String,
    /// Type.
    pub kind: String,
    /// Subject.
    pub subject: String,
    /// When it happened.
    pub time: Option<OffsetDateTime>,
}

impl Event {
    /// Creates an event. `bytes` is the size in which it was sent.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for the first attribute that is empty, too long or contains control characters.
    pub fn new(attributes: Attributes, data: Data, bytes: usize) -> Result<Self, Refusal> {
        let Attributes { source, id, kind, subject, time } = attributes;
        for (field, value, most) in
            [("source", &source, 200), ("id", &id, 200), ("type", &kind, 100), ("subject", &subject, 200)]
        {
            check_text(field, value, most)?;
        }
        // Years that have no four digits can't be written in RFC 3339, and days near the ends of the range can't be
        // converted to other time zones.
        if time.is_some_and(|time| !(1970..=9998).contains(&time.year())) {
            return Err(Refusal::Malformed { field: "time", must: "be a time from 1970 to 9998" });
        }
        // PostgreSQL stores microseconds.
        let time = time.map(|time| time.replace_nanosecond(time.microsecond() * 1_000).unwrap_or(time));
        let key = identity::key(&source, &id);
        let fingerprint = identity::fingerprint(&kind, &subject, time, data.canonical());
        Ok(Self { source, id, kind, subject, time, data, bytes, key, fingerprint })
    }

    /// Reads an event in the JSON format of CloudEvents. Unknown attributes are ignored.
    ///
    /// # Errors
    /// [`Rejected`] with the first attribute that is missing or invalid.
    pub fn from_json(raw: &RawValue) -> Result<Self, Box<Rejected>> {
        let text = raw.get();
        // Each attribute takes more memory than it has bytes.
        if text.len() > MOST_BYTES {
            let why = Refusal::Malformed { field: "event", must: "have at most 64 kB" };
            return Err(Box::new(Rejected::unreadable(why, text)));
        }
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(text)
            .map_err(|_| Refusal::Malformed { field: "event", must: "be a JSON object" })
            .map_err(|why| Box::new(Rejected::unreadable(why, text)))?;
        let known = |name: &str| {
            fields.get(name).and_then(|raw| serde_json::from_str::<String>(raw.get()).ok()).unwrap_or_default()
        };
        Self::from_fields(&fields, text.len()).map_err(|why| {
            Box::new(Rejected {
                source: excerpt(&known("source"), 200),
                id: excerpt(&known("id"), 200),
                kind: excerpt(&known("type"), 100),
                subject: excerpt(&known("subject"), 200),
                ..Rejected::unreadable(why, text)
            })
        })
    }

    fn from_fields(fields: &BTreeMap<String, &RawValue>, bytes: usize) -> Result<Self, Refusal> {
        let given = |name: &str| fields.get(name).map(|raw| raw.get()).filter(|text| *text != "null");
        let optional = |name: &'static str| match given(name) {
            None => Ok(None),
            Some(text) => serde_json::from_str::<String>(text)
                .map(Some)
                .map_err(|_| Refusal::Malformed { field: name, must: "be a string" }),
        };
        let required =
            |name: &'static str| optional(name)?.ok_or(Refusal::Malformed { field: name, must: "be present" });
        if required("specversion")? != "1.0" {
            return Err(Refusal::Malformed { field: "specversion", must: "be \"1.0\"" });
        }
        let time = match optional("time")? {
            None => None,
            Some(text) => Some(OffsetDateTime::parse(&text, &Rfc3339).map_err(|_| Refusal::Malformed {
                field: "time",
                must: "be a time as in RFC 3339, such as 2026-03-01T12:00:00Z",
            })?),
        };
        if given("data_base64").is_some() {
            return Err(Refusal::Malformed { field: "data_base64", must: "be absent: send data as a JSON object" });
        }
        let data = match given("data") {
            None => Data::default(),
            Some(text) => Data::parse(text).map_err(|must| Refusal::Malformed { field: "data", must })?,
        };
        let attributes = Attributes {
            source: required("source")?,
            id: required("id")?,
            kind: required("type")?,
            subject: required("subject")?,
            time,
        };
        Self::new(attributes, data, bytes)
    }

    /// Returns the key that is unique in a workspace: a function of source and id.
    pub const fn key(&self) -> EventKey {
        self.key
    }

    /// Returns a hash of type, subject, time and data. The same event, sent again, has the same.
    pub const fn fingerprint(&self) -> i64 {
        self.fingerprint
    }

    /// Returns why the event is not stored, for the list of refused events.
    pub fn rejected(&self, refusal: Refusal) -> Rejected {
        Rejected {
            refusal,
            source: self.source.clone(),
            id: self.id.clone(),
            kind: self.kind.clone(),
            subject: self.subject.clone(),
            excerpt: excerpt(self.data.text(), EXCERPT),
            bytes: self.bytes,
        }
    }
}

/// Checks an attribute's length in characters.
fn check_text(field: &'static str, value: &str, most: usize) -> Result<(), Refusal> {
    let must = match value.chars().count() {
        0 => "not be empty",
        count if count > most && most == 100 => "have at most 100 characters",
        count if count > most => "have at most 200 characters",
        _ if value.chars().any(char::is_control) => "contain no control characters",
        _ => return Ok(()),
    };
    Err(Refusal::Malformed { field, must })
}
