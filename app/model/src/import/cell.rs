//! Reading of cells: numbers and times.

use super::format::DecimalSign;
use crate::pricing::Quantity;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// Reads a number. Thousands may be grouped only in a number with a decimal sign, because `1,234` alone could be either.
/// Returns `None` for anything else: an exponent, no digits, or more than six decimal places.
pub fn number(text: &str, sign: DecimalSign) -> Option<Quantity> {
    let text = text.trim_matches([' ', '\u{a0}', '\u{202f}']);
    let (decimal, group) = match sign {
        DecimalSign::Point => ('.', ','),
        DecimalSign::Comma => (',', '.'),
    };
    let (minus, unsigned) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = match unsigned.split_once(decimal) {
        Some((whole, fraction)) => (ungrouped(whole, group)?, Some(fraction)),
        None => (unsigned.to_owned(), None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(&whole) || fraction.is_some_and(|fraction| !digits(fraction)) {
        return None;
    }
    let plain = fraction.map_or_else(|| format!("{minus}{whole}"), |fraction| format!("{minus}{whole}.{fraction}"));
    Quantity::parse(&plain).ok()
}

/// Removes the signs between groups of three digits.
fn ungrouped(whole: &str, group: char) -> Option<String> {
    let mut parts = whole.split(group);
    let mut digits = parts.next()?.to_owned();
    let grouped = whole.contains(group);
    if grouped && !(1..=3).contains(&digits.len()) {
        return None;
    }
    for part in parts {
        if part.len() != 3 {
            return None;
        }
        digits.push_str(part);
    }
    Some(digits)
}

/// Reads a time: ISO 8601 with a space or `T`, with or without seconds, fraction and UTC offset; a date alone, which
/// means its midnight; or a Unix time in seconds (10 digits), milliseconds (13) or microseconds (16). Fractions are cut to
/// microseconds. `local` converts a time without an offset.
pub fn time(text: &str, local: &dyn Fn(PrimitiveDateTime) -> OffsetDateTime) -> Option<OffsetDateTime> {
    let text = text.trim();
    if !text.is_ascii() {
        return None;
    }
    unix(text).or_else(|| iso(text, local))
}

fn unix(text: &str) -> Option<OffsetDateTime> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit());
    if !all_digits || text.ends_with('.') || !fraction.is_empty() && whole.len() != 10 {
        return None;
    }
    let number: i128 = whole.parse().ok()?;
    let micros = match whole.len() {
        10 => number * 1_000_000 + i128::from(micros(fraction)?),
        13 => number * 1_000,
        16 => number,
        _ => return None,
    };
    OffsetDateTime::from_unix_timestamp_nanos(micros * 1_000).ok()
}

/// Returns a fraction of a second in microseconds. Further digits are cut off.
fn micros(fraction: &str) -> Option<u32> {
    let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
    digits.parse().ok()
}

fn two(text: &str) -> Option<u8> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn iso(text: &str, local: &dyn Fn(PrimitiveDateTime) -> OffsetDateTime) -> Option<OffsetDateTime> {
    let (day, rest) = text.split_at_checked(10)?;
    let mut parts = day.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || !year.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let month = Month::try_from(two(month)?).ok()?;
    let date = Date::from_calendar_date(year.parse().ok()?, month, two(day)?).ok()?;
    if rest.is_empty() {
        return Some(utc(local(date.midnight())));
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    // The offset begins behind the digits, colons and decimal signs of the time.
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(rest.len());
    let (clock, offset) = rest.split_at(end);
    let (clock, fraction) = match clock.split_once(['.', ',']) {
        Some((_, "")) => return None,
        Some((clock, fraction)) if fraction.bytes().all(|b| b.is_ascii_digit()) => (clock, fraction),
        Some(_) => return None,
        None => (clock, ""),
    };
    let mut parts = clock.split(':');
    let (hour, minute) = (two(parts.next()?)?, two(parts.next()?)?);
    let second = match parts.next() {
        Some(second) => two(second)?,
        None if fraction.is_empty() => 0,
        None => return None,
    };
    if parts.next().is_some() {
        return None;
    }
    let at = PrimitiveDateTime::new(date, Time::from_hms_micro(hour, minute, second, micros(fraction)?).ok()?);
    match offset.trim_start_matches(' ') {
        "" => Some(utc(local(at))),
        offset => Some(utc(at.assume_offset(utc_offset(offset)?))),
    }
}

fn utc(at: OffsetDateTime) -> OffsetDateTime {
    at.checked_to_offset(UtcOffset::UTC).unwrap_or(at)
}

/// Reads `Z`, `UTC`, `+02`, `+0200` or `+02:00`.
pub(super) fn utc_offset(text: &str) -> Option<UtcOffset> {
    if text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc") {
        return Some(UtcOffset::UTC);
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = match digits.len() {
        2 => (digits, "00"),
        4 => digits.split_at_checked(2)?,
        5 => digits.split_once(':')?,
        _ => return None,
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    if hours > 14 || minutes > 59 {
        return None;
    }
    UtcOffset::from_whole_seconds(sign * (i32::from(hours) * 3_600 + i32::from(minutes) * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    fn utc_time(text: &str) -> Option<OffsetDateTime> {
        time(text, &|at| at.assume_utc())
    }

    /// A decimal comma that is read as a separator of thousands multiplies quantities by 1,000.
    #[test]
    fn a_number_with_the_other_decimal_sign_is_refused_and_not_taken_for_thousands() {
        let comma = |text| number(text, DecimalSign::Comma).map(|q| q.to_string());
        let point = |text| number(text, DecimalSign::Point).map(|q| q.to_string());
        assert_eq!(comma("173,900").as_deref(), Some("173.9"));
        assert_eq!(point("173,900"), None);
        assert_eq!(comma("1.234,50").as_deref(), Some("1234.5"));
        assert_eq!(point("1,234.50").as_deref(), Some("1234.5"));
        assert_eq!(comma("1.234"), None);
        for junk in
            ["1e3", "1E5", "NaN", "", " ", "inf", "+5", "1_000", "0x10", "1,2,3", "12.34,5", "--1", "1.", ".5", "1,"]
        {
            assert_eq!(comma(junk), None, "{junk:?} with a decimal comma");
            assert_eq!(point(junk), None, "{junk:?} with a decimal point");
        }
        assert_eq!(point("-12.5").as_deref(), Some("-12.5"), "the door decides about negative values");
        assert_eq!(point("9007199254740993").as_deref(), Some("9007199254740993"));
        assert_eq!(point("0.1234567"), None);
    }

    #[test]
    fn times_are_read_with_and_without_zone() {
        let at = datetime!(2023-11-16 18:17:03.979_96 UTC);
        for text in [
            "2023-11-16 18:17:03.9799600", "2023-11-16T18:17:03.979960Z", "2023-11-16T19:17:03,97996+01:00",
            "2023-11-16 13:17:03.97996 -0500", "1700158623.979960", "1700158623979960",
        ] {
            assert_eq!(utc_time(text), Some(at), "{text}");
        }
        assert_eq!(utc_time("2023-11-16 18:17:03.9799609"), Some(at), "cut, not rounded");
        assert_eq!(utc_time("2023-11-16"), Some(datetime!(2023-11-16 0:00 UTC)));
        assert_eq!(utc_time("2023-11-16T18:17"), Some(datetime!(2023-11-16 18:17 UTC)));
        assert_eq!(utc_time("1700158623"), Some(datetime!(2023-11-16 18:17:03 UTC)));
        let summer = |at: PrimitiveDateTime| at.assume_offset(UtcOffset::from_hms(2, 0, 0).unwrap());
        assert_eq!(time("2023-11-16 02:00", &summer), Some(datetime!(2023-11-16 0:00 UTC)));
        for junk in [
            "", "16.11.2023", "11/16/2023", "2023-13-01", "2023-02-29", "2023-11-16 24:00", "2023-11-16 18:17:60",
            "2023-11-16 18", "2023-11-16 18:17:03.", "2023-11-16 18:17:03 CET", "2023-11-16x18:17", "20231116", "1.5",
            "2023-11-16 18:17:03+15:00", "２０２３-11-16",
        ] {
            assert_eq!(utc_time(junk), None, "{junk:?}");
        }
    }

    #[test]
    fn an_offset_has_hours_and_minutes_in_digits() {
        for text in ["+0530", "+05:30"] {
            assert_eq!(utc_offset(text), UtcOffset::from_hms(5, 30, 0).ok(), "{text}");
        }
        for junk in ["", "+", "0530", "+5", "+053", "+15:00", "+05:60", "+aé1", "-é1a", "+é"] {
            assert_eq!(utc_offset(junk), None, "{junk:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,40}|[0-9TZ:.,+ -]{0,30}") {
            let _ = (utc_time(&text), utc_offset(&text), utc_offset(&format!("+{text}")));
            for sign in DecimalSign::ALL {
                let _ = number(&text, sign);
            }
        }

        #[test]
        fn numbers_survive_being_written_with_either_sign(millionths in -10_i64.pow(15)..10_i64.pow(15)) {
            let (sign, abs) = (if millionths < 0 { "-" } else { "" }, millionths.unsigned_abs());
            let (whole, fraction) = (abs / 1_000_000, abs % 1_000_000);
            let point = number(&format!("{sign}{whole}.{fraction:06}"), DecimalSign::Point);
            prop_assert!(point.is_some());
            prop_assert_eq!(point, number(&format!("{sign}{whole},{fraction:06}"), DecimalSign::Comma));
            prop_assert_eq!(point, Quantity::parse(&format!("{sign}{whole}.{fraction:06}")).ok());
        }
    }
}
