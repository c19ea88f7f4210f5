//! Formatting of dates and times. The current time is always passed in. The few fixed formats are implemented here,
//! because the general formatter of `time` would add as much to the WebAssembly binary as a page.
//!
//! A moment is formatted in the UTC offset that it carries. Only the server knows the time zone rules, so it assigns
//! the workspace's offset to each [`Moment`], and the browser displays the same text.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::ops::Deref;
use time::{Date, OffsetDateTime, UtcOffset};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A point in time with its UTC offset. Two moments are equal only if their offsets are equal too, so a page that is
/// reloaded after a change of the time zone counts as changed.
#[derive(Debug, Clone, Copy)]
pub struct Moment(OffsetDateTime);

impl Moment {
    /// Creates a moment that keeps the offset of `at`.
    pub const fn new(at: OffsetDateTime) -> Self {
        Self(at)
    }
}

impl From<OffsetDateTime> for Moment {
    fn from(at: OffsetDateTime) -> Self {
        Self(at)
    }
}

impl From<Moment> for OffsetDateTime {
    fn from(moment: Moment) -> Self {
        moment.0
    }
}

impl Deref for Moment {
    type Target = OffsetDateTime;

    fn deref(&self) -> &OffsetDateTime {
        &self.0
    }
}

impl PartialEq for Moment {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 && self.0.offset() == other.0.offset()
    }
}

impl Eq for Moment {}

/// Serialized as whole milliseconds since 1970 and the offset in seconds.
impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let milliseconds = self.0.unix_timestamp() * 1_000 + i64::from(self.0.millisecond());
        (milliseconds, self.0.offset().whole_seconds()).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (milliseconds, offset) = <(i64, i32)>::deserialize(from)?;
        let utc = OffsetDateTime::from_unix_timestamp(milliseconds.div_euclid(1_000)).ok();
        let utc = utc.and_then(|at| at.replace_millisecond(milliseconds.rem_euclid(1_000) as u16).ok());
        let offset = UtcOffset::from_whole_seconds(offset).ok();
        let local = utc.zip(offset).and_then(|(at, offset)| at.checked_to_offset(offset));
        local.map(Self).ok_or_else(|| D::Error::custom("no such moment"))
    }
}

/// Formats a date: `12 Mar 2026`.
pub fn date(date: Date) -> String {
    let month = MONTHS.get(usize::from(u8::from(date.month())) - 1).copied().unwrap_or_default();
    format!("{} {month} {:04}", date.day(), date.year())
}

/// Formats the date of a moment in UTC, for pages outside of workspaces, which have no time zone: `12 Mar 2026 UTC`.
pub fn utc_date(moment: OffsetDateTime) -> String {
    format!("{} UTC", utc_day(moment))
}

/// Formats the date of a moment in UTC, for table columns whose heading names UTC: `12 Mar 2026`.
pub fn utc_day(moment: OffsetDateTime) -> String {
    date(moment.to_offset(UtcOffset::UTC).date())
}

/// Formats a moment to the minute, for pages that display the time zone: `12 Mar 2026, 14:05`.
pub fn minute(moment: OffsetDateTime) -> String {
    format!("{}, {:02}:{:02}", date(moment.date()), moment.hour(), moment.minute())
}

/// Formats a moment with its UTC offset, as the exact time for a relative one: `12 Mar 2026, 14:05 UTC+1`.
pub fn exact(moment: OffsetDateTime) -> String {
    let (hours, minutes, _) = moment.offset().as_hms();
    let sign = if moment.offset().is_negative() { '−' } else { '+' };
    let offset = match (hours.unsigned_abs(), minutes.unsigned_abs()) {
        (0, 0) => String::new(),
        (hours, 0) => format!("{sign}{hours}"),
        (hours, minutes) => format!("{sign}{hours}:{minutes:02}"),
    };
    format!("{} UTC{offset}", minute(moment))
}

/// Formats a moment for programs (RFC 3339): `2026-03-12T14:05:09+01:00`, or with `Z` for UTC.
pub fn timestamp(moment: OffsetDateTime) -> String {
    let (year, month, day) = (moment.year(), u8::from(moment.month()), moment.day());
    let (hours, minutes, _) = moment.offset().as_hms();
    let offset = match (hours, minutes) {
        (0, 0) => "Z".to_owned(),
        (hours, minutes) => {
            let sign = if moment.offset().is_negative() { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", hours.unsigned_abs(), minutes.unsigned_abs())
        }
    };
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{offset}", moment.hour(), moment.minute(), moment.second())
}

/// Formats the time elapsed since a moment in the largest unit that fits: `just now`, `5 min ago`, `3 h ago`,
/// `yesterday`, `2 days ago`. Returns the date from 30 days on.
pub fn ago(moment: OffsetDateTime, now: OffsetDateTime) -> String {
    let seconds = (now - moment).whole_seconds().max(0);
    match seconds {
        0..60 => "just now".to_owned(),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        86_400..172_800 => "yesterday".to_owned(),
        172_800..2_592_000 => format!("{} days ago", seconds / 86_400),
        _ => date(moment.date()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn moments_are_formatted_in_their_own_offset() {
        let moment = datetime!(2026-03-12 23:05:09 -2);
        assert_eq!(date(moment.date()), "12 Mar 2026");
        assert_eq!(exact(moment), "12 Mar 2026, 23:05 UTC−2");
        assert_eq!(timestamp(moment), "2026-03-12T23:05:09-02:00");
        let utc = moment.to_offset(UtcOffset::UTC);
        assert_eq!((exact(utc).as_str(), utc_date(moment).as_str()), ("13 Mar 2026, 01:05 UTC", "13 Mar 2026 UTC"));
        assert_eq!(timestamp(utc), "2026-03-13T01:05:09Z");
        assert_eq!(exact(datetime!(2026-03-12 23:05 +5:45)), "12 Mar 2026, 23:05 UTC+5:45");
        assert_eq!(timestamp(datetime!(2026-03-12 23:05 -0:30)), "2026-03-12T23:05:00-00:30");
        let months =
            (1..=12).map(|month| Date::from_calendar_date(999, time::Month::try_from(month).unwrap(), 1).unwrap());
        let months: Vec<_> = months.map(date).collect();
        assert_eq!((months[0].as_str(), months[11].as_str()), ("1 Jan 0999", "1 Dec 0999"));
    }

    /// The offset is serialized, so the browser displays the same day as the server.
    #[test]
    fn moments_round_trip_with_their_offset() {
        for at in [
            datetime!(2026-04-05 02:30:00.123 +13),
            datetime!(1969-12-31 23:59:59.999 -8),
            datetime!(2026-01-01 0:00 +5:45),
        ] {
            let moment = Moment::new(at);
            let read: Moment = serde_json::from_str(&serde_json::to_string(&moment).unwrap()).unwrap();
            assert_eq!(read, moment);
            assert_eq!((exact(*read), timestamp(*read)), (exact(at), timestamp(at)));
        }
        let at = datetime!(2026-04-05 02:30 +13);
        assert_ne!(Moment::new(at), Moment::new(at.to_offset(UtcOffset::UTC)), "another clock is another value");
        for none in ["[9223372036854775807,0]", "[0,999999]", "[253402300799999,3600]"] {
            assert!(serde_json::from_str::<Moment>(none).is_err(), "{none}");
        }
    }

    #[test]
    fn ago_uses_the_largest_fitting_unit() {
        let now = datetime!(2026-03-12 14:05 UTC);
        assert_eq!(ago(datetime!(2026-03-12 14:04:30 UTC), now), "just now");
        assert_eq!(ago(datetime!(2026-03-12 12:05 UTC), now), "2 h ago");
        assert_eq!(ago(datetime!(2026-03-11 12:05 UTC), now), "yesterday");
        assert_eq!(ago(datetime!(2025-12-01 12:05 UTC), now), "1 Dec 2025");
        assert_eq!(
            ago(datetime!(2027-01-01 0:00 UTC), now),
            "just now",
            "a clock that runs ahead is no reason to panic"
        );
    }
}
