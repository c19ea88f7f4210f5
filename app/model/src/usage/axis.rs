//! Scale of a chart. Computed in whole millionths, so that no float is needed.

use crate::{money::grouped, pricing::Quantity};

/// Number of steps between the labels of a scale.
const STEPS: i128 = 3;
const UNIT: i128 = 1_000_000;

/// Scale of a chart from zero to a round number that is not below its largest value, with four labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    /// Upper end in millionths. Divisible by [`STEPS`].
    top: i128,
}

impl Axis {
    /// Returns the scale for the values. If all are whole numbers, the labels are whole numbers, too.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a Quantity>) -> Self {
        let (mut most, mut whole) = (0, true);
        for value in values {
            most = most.max(value.millionths());
            whole &= value.millionths() % UNIT == 0;
        }
        let mut step = if whole { UNIT } else { 1 };
        loop {
            if let Some(factor) = [3, 6, 9, 15, 21].into_iter().find(|factor| factor * step >= most) {
                return Self { top: factor * step };
            }
            step *= 10;
        }
    }

    /// Returns the labels, the topmost first: `30`, `20`, `10`, `0`.
    pub fn labels(self) -> [String; 4] {
        [3, 2, 1, 0].map(|step| short(self.top / STEPS * step))
    }

    /// Returns the height of a value in hundredths of a percent of the scale. Negative values have none.
    pub fn height(self, value: Quantity) -> i64 {
        let share = value.millionths().max(0).saturating_mul(10_000) / self.top.max(1);
        i64::try_from(share).unwrap_or(10_000)
    }
}

/// Formats a number of millionths as a short label: `0.5`, `1,500`, `18.1M`.
fn short(millionths: i128) -> String {
    let whole = u64::try_from(millionths / UNIT).unwrap_or_default();
    match whole {
        0..10_000 => Quantity::from_millionths(millionths).unwrap_or_default().grouped(),
        10_000..1_000_000 => format!("{}k", whole / 1_000),
        1_000_000..1_000_000_000 => format!("{}.{}M", whole / 1_000_000, whole / 100_000 % 10),
        _ => format!("{}.{}B", grouped(whole / 1_000_000_000), whole / 100_000_000 % 10),
    }
}

/// Returns the values in thousandths of the largest one, for a sparkline.
pub fn levels(values: &[Quantity]) -> Vec<i64> {
    let most = values.iter().map(|value| value.millionths()).max().unwrap_or_default().max(1);
    values
        .iter()
        .map(|value| i64::try_from(value.millionths().max(0).saturating_mul(1_000) / most).unwrap_or_default())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn q(text: &str) -> Quantity {
        Quantity::parse(text).unwrap()
    }

    #[test]
    fn labels_of_whole_numbers_are_whole() {
        assert_eq!(Axis::of(&[q("0"), q("1")]).labels(), ["3", "2", "1", "0"]);
        assert_eq!(Axis::of(&[q("0.5")]).labels(), ["0.6", "0.4", "0.2", "0"]);
        assert_eq!(Axis::of(&[q("18059974")]).labels(), ["21.0M", "14.0M", "7.0M", "0"]);
        assert_eq!(Axis::of(&[]).labels(), ["3", "2", "1", "0"]);
        assert_eq!(levels(&[q("0"), q("5"), q("10"), q("-1")]), [0, 500, 1_000, 0]);
    }

    proptest! {
        #[test]
        fn every_value_fits_below_the_top(millionths in prop::collection::vec(0i128..10i128.pow(24), 1..5)) {
            let values: Vec<Quantity> = millionths.iter().filter_map(|m| Quantity::from_millionths(*m)).collect();
            let axis = Axis::of(&values);
            prop_assert_eq!(axis.top % STEPS, 0);
            for value in &values {
                prop_assert!((0..=10_000).contains(&axis.height(*value)));
            }
        }
    }
}
