//! Local usage statistics, by which the command palette ranks frequently and recently used entries first.
//!
//! They never leave the device and are deleted at sign-out.

use std::{collections::BTreeMap, fmt, str::FromStr};

/// Half-life of a use, in days.
const HALF_LIFE_DAYS: f64 = 7.0;
/// Maximum number of entries. The least used one is removed first.
const MOST: usize = 200;
/// Maximum score bonus. It is smaller than the score difference between a match at the start of a name and any other
/// match.
const BONUS_MAX: f64 = 24.0;

/// Usage count of each entry, decayed to the day of its last use.
///
/// The text format has one line per entry: the count in thousandths, the day in thousandths, and the key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frecency(BTreeMap<String, (f64, f64)>);

impl fmt::Display for Frecency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, (weight, day)) in &self.0 {
            writeln!(f, "{} {} {what}", (weight * 1000.0) as u64, (day * 1000.0) as u64)?;
        }
        Ok(())
    }
}

impl FromStr for Frecency {
    type Err = std::convert::Infallible;

    /// Parses all valid lines and ignores the rest, because these statistics are only a convenience.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let thousandths = |word: &str| word.parse::<u64>().ok().map(|n| n as f64 / 1000.0);
        let line = |line: &str| {
            let (weight, rest) = line.split_once(' ')?;
            let (day, what) = rest.split_once(' ')?;
            Some((what.to_owned(), (thousandths(weight)?, thousandths(day)?)))
        };
        Ok(Self(text.lines().filter_map(line).take(MOST).collect()))
    }
}

impl Frecency {
    /// Counts a use of `what`. `today` is in days since 1970, with a fraction.
    pub fn count(&mut self, what: &str, today: f64) {
        let weight = self.weight(what, today) + 1.0;
        self.0.insert(what.to_owned(), (weight, today));
        if self.0.len() > MOST {
            let weights = self.0.keys().map(|key| (self.weight(key, today), key.clone()));
            if let Some((_, least)) = weights.min_by(|a, b| a.0.total_cmp(&b.0)) {
                self.0.remove(&least);
            }
        }
    }

    /// Returns the usage count of `what`, decayed to `today`.
    fn weight(&self, what: &str, today: f64) -> f64 {
        self.0.get(what).map_or(0.0, |(weight, day)| weight * 0.5_f64.powf((today - day).max(0.0) / HALF_LIFE_DAYS))
    }

    /// Returns the bonus to add to the search score of `what`.
    pub fn bonus(&self, what: &str, today: f64) -> u32 {
        // Most candidates were never used. Skip the logarithm for them, because it is expensive.
        match self.weight(what, today) {
            0.0 => 0,
            weight => (weight.ln_1p() * 8.0).min(BONUS_MAX) as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_round_trip_and_invalid_lines_are_ignored() {
        let mut uses = Frecency::default();
        uses.count("workspace 1", 20_000.5);
        uses.count("workspace 1", 20_001.25);
        uses.count("page:products", 20_001.25);
        let read: Frecency = uses.to_string().parse().unwrap();
        for what in ["workspace 1", "page:products", "never"] {
            assert_eq!(read.bonus(what, 20_002.0), uses.bonus(what, 20_002.0), "{what}");
        }
        assert_eq!(read.to_string().parse(), Ok(read));
        assert_eq!("{\"a\":[1.5,2.5]}\n\n-1 2 x\n1 2".parse(), Ok(Frecency::default()));
    }

    #[test]
    fn use_counts_decay_and_are_bounded() {
        let mut uses = Frecency::default();
        assert_eq!(uses.bonus("a", 0.0), 0);
        uses.count("a", 0.0);
        let once = uses.bonus("a", 0.0);
        assert!(once > 0);
        for _ in 0..1_000 {
            uses.count("b", 0.0);
        }
        assert!(uses.bonus("b", 0.0) > once);
        assert!(f64::from(uses.bonus("b", 0.0)) <= BONUS_MAX);
        assert!(uses.bonus("b", 70.0) < uses.bonus("b", 0.0), "it never fades");
        assert_eq!(uses.bonus("a", 365.0), 0);
        for i in 0..500 {
            uses.count(&format!("c{i}"), 1.0);
        }
        assert!(uses.0.len() <= MOST, "it grows without end");
        assert!(uses.bonus("b", 1.0) > 0, "what is used most was forgotten");
    }
}
