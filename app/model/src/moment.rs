//! Dates and times in words. "Now" is always passed in. They are few and fixed, so they are put together here: `time`'s
//! own formatting, which can do any, weighs as much in the browser as a page.

use time::{Date, OffsetDateTime, UtcOffset};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `12 Mar 2026`.
pub fn date(date: Date) -> String {
    let month = MONTHS.get(usize::from(u8::from(date.month())) - 1).copied().unwrap_or_default();
    format!("{} {month} {:04}", date.day(), date.year())
}

/// `12 Mar 2026, 14:05 UTC`: the exact time behind a relative one.
pub fn exact(moment: OffsetDateTime) -> String {
    let utc = moment.to_offset(UtcOffset::UTC);
    format!("{}, {:02}:{:02} UTC", date(utc.date()), utc.hour(), utc.minute())
}

/// `2026-03-12T14:05:09Z`, for programs.
pub fn timestamp(moment: OffsetDateTime) -> String {
    let utc = moment.to_offset(UtcOffset::UTC);
    let (year, month, day) = (utc.year(), u8::from(utc.month()), utc.day());
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", utc.hour(), utc.minute(), utc.second())
}

/// How long ago, in the largest unit that fits: `just now`, `5 min ago`, `3 h ago`, `2 days ago`, then the date.
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
    fn a_moment_is_said_in_utc() {
        let moment = datetime!(2026-03-12 23:05:09 -2);
        assert_eq!(date(moment.date()), "12 Mar 2026");
        assert_eq!(exact(moment), "13 Mar 2026, 01:05 UTC");
        assert_eq!(timestamp(moment), "2026-03-13T01:05:09Z");
        let months =
            (1..=12).map(|month| Date::from_calendar_date(999, time::Month::try_from(month).unwrap(), 1).unwrap());
        let months: Vec<_> = months.map(date).collect();
        assert_eq!((months[0].as_str(), months[11].as_str()), ("1 Jan 0999", "1 Dec 0999"));
    }

    #[test]
    fn ago_picks_the_unit() {
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
