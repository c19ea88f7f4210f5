//! What a person chooses often and lately, on one device: by it the palette puts first what they mean most of the time.
//!
//! It never leaves the device, and it is forgotten at sign-out.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// After so many days a use counts half.
const HALF_LIFE_DAYS: f64 = 7.0;
/// Most things that are remembered; the least used goes first.
const MOST: usize = 200;
/// Most that use adds to how well something matches: less than what a match of the name's beginning has over any other.
const BONUS_MAX: f64 = 24.0;

/// How much each thing was used, as of a day.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Uses(BTreeMap<String, (f64, f64)>);

impl Uses {
    /// Counts one more use of `what`, `today` (days since 1970, with a fraction).
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

    /// How much `what` was used, as of `today`.
    fn weight(&self, what: &str, today: f64) -> f64 {
        self.0.get(what).map_or(0.0, |(weight, day)| weight * 0.5_f64.powf((today - day).max(0.0) / HALF_LIFE_DAYS))
    }

    /// What use adds to the score of a match of `what`.
    pub fn bonus(&self, what: &str, today: f64) -> u32 {
        (self.weight(what, today).ln_1p() * 8.0).min(BONUS_MAX) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_counts_fades_and_is_bounded() {
        let mut uses = Uses::default();
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
