//! Dates and times in words. "Now" is always passed in.

use time::{Date, OffsetDateTime, macros::format_description};

/// `12 Mar 2026`.
pub fn date(date: Date) -> String {
    date.format(format_description!("[day padding:none] [month repr:short] [year]")).unwrap_or_default()
}

/// `12 Mar 2026, 14:05 UTC`: the exact time behind a relative one.
pub fn exact(moment: OffsetDateTime) -> String {
    moment
        .to_offset(time::UtcOffset::UTC)
        .format(format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute] UTC"))
        .unwrap_or_default()
}

/// `2026-03-12T14:05:09Z`, for programs.
pub fn timestamp(moment: OffsetDateTime) -> String {
    moment
        .to_offset(time::UtcOffset::UTC)
        .format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z"))
        .unwrap_or_default()
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
