//! Changes of a draft's structure: charges and tiers that are added, removed and moved. In the editor they are buttons.
//! Without JavaScript, each button submits the form, and the server makes the change.

use model::rate_plan::{ChargeInput, MAX_CHARGES, MAX_TIERS, TierInput, VersionInput};
use std::fmt;

/// A change of the structure. Numbers count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Adds a charge at the end.
    AddCharge,
    /// Removes the charge.
    RemoveCharge(usize),
    /// Swaps the charge with the one before it.
    MoveUp(usize),
    /// Swaps the charge with the one after it.
    MoveDown(usize),
    /// Adds a tier at the end of the charge.
    AddTier(usize),
    /// Removes a tier of the charge.
    RemoveTier(usize, usize),
}

impl Change {
    /// Parses the value of a submit button.
    #[cfg(any(feature = "ssr", test))]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "add-charge" {
            return Some(Self::AddCharge);
        }
        let number = |text: &str| text.parse().ok().filter(|number: &usize| number.to_string() == text);
        let of = |prefix: &str| text.strip_prefix(prefix).and_then(number);
        if let Some(charge) = of("remove-charge-") {
            return Some(Self::RemoveCharge(charge));
        }
        if let Some(charge) = of("move-up-") {
            return Some(Self::MoveUp(charge));
        }
        if let Some(charge) = of("move-down-") {
            return Some(Self::MoveDown(charge));
        }
        if let Some(charge) = of("add-tier-") {
            return Some(Self::AddTier(charge));
        }
        let (charge, tier) = text.strip_prefix("remove-tier-")?.split_once('-')?;
        Some(Self::RemoveTier(number(charge)?, number(tier)?))
    }

    /// Makes the change, if there is such a charge or tier and no limit is exceeded. Returns the id of the control that
    /// gets the focus.
    pub fn apply(self, input: &mut VersionInput) -> Option<String> {
        let count = input.charges.len();
        match self {
            Self::AddCharge if count < MAX_CHARGES => {
                input.charges.push(ChargeInput { model: "per_unit".to_owned(), ..ChargeInput::default() });
                Some(control(count, "name"))
            }
            Self::RemoveCharge(at) if at < count => {
                input.charges.remove(at);
                Some(match count {
                    1 => ADD_CHARGE.to_owned(),
                    _ => control(at.min(count - 2), "name"),
                })
            }
            Self::MoveUp(at) if at > 0 && at < count => {
                input.charges.swap(at, at - 1);
                Some(control(at - 1, "move-up"))
            }
            Self::MoveDown(at) if at + 1 < count => {
                input.charges.swap(at, at + 1);
                Some(control(at + 1, "move-down"))
            }
            Self::AddTier(at) => {
                let tiers = tiers_of(input, at)?;
                if tiers.len() >= MAX_TIERS {
                    return None;
                }
                tiers.push(TierInput::default());
                let last = tiers.len() - 1;
                Some(tier_control(at, last, "up_to"))
            }
            Self::RemoveTier(at, tier) => {
                let tiers = tiers_of(input, at)?;
                if tier >= tiers.len() || tiers.len() == 1 {
                    return None;
                }
                tiers.remove(tier);
                let next = tier.min(tiers.len() - 1);
                Some(tier_control(at, next, "up_to"))
            }
            Self::AddCharge | Self::RemoveCharge(_) | Self::MoveUp(_) | Self::MoveDown(_) => None,
        }
    }
}

impl fmt::Display for Change {
    /// Formats the value of the submit button.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddCharge => f.write_str("add-charge"),
            Self::RemoveCharge(charge) => write!(f, "remove-charge-{charge}"),
            Self::MoveUp(charge) => write!(f, "move-up-{charge}"),
            Self::MoveDown(charge) => write!(f, "move-down-{charge}"),
            Self::AddTier(charge) => write!(f, "add-tier-{charge}"),
            Self::RemoveTier(charge, tier) => write!(f, "remove-tier-{charge}-{tier}"),
        }
    }
}

/// Id of the button that adds a charge.
pub const ADD_CHARGE: &str = "add-charge";

/// Returns the name and id of a charge's control.
pub fn control(charge: usize, name: &str) -> String {
    format!("charges.{charge}.{name}")
}

/// Returns the name and id of a tier's control.
pub fn tier_control(charge: usize, tier: usize, name: &str) -> String {
    format!("charges.{charge}.tiers.{tier}.{name}")
}

/// Returns the id of the same control in another charge.
pub fn in_charge(id: &str, from: usize, to: usize) -> Option<String> {
    let rest = id.strip_prefix(&control(from, ""))?;
    Some(control(to, rest))
}

/// Returns the tiers of a charge, of which the editor shows at least one.
fn tiers_of(input: &mut VersionInput, at: usize) -> Option<&mut Vec<TierInput>> {
    let tiers = &mut input.charges.get_mut(at)?.tiers;
    if tiers.is_empty() {
        tiers.push(TierInput::default());
    }
    Some(tiers)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Change; 6] = [
        Change::AddCharge,
        Change::RemoveCharge(0),
        Change::MoveUp(12),
        Change::MoveDown(3),
        Change::AddTier(4),
        Change::RemoveTier(5, 16),
    ];

    #[test]
    fn a_change_is_the_value_of_its_button_and_no_other() {
        for change in ALL {
            assert_eq!(Change::parse(&change.to_string()), Some(change));
            assert_eq!(Change::parse(&change.to_string().to_uppercase()), None, "{change}");
            assert_eq!(Change::parse(&format!("{change} ")), None, "{change}");
        }
        for bad in
            ["", "save", "move-up-", "move-up-01", "move-up--1", "remove-tier-1", "remove-tier-1-2-3", "add-charge-1"]
        {
            assert_eq!(Change::parse(bad), None, "{bad}");
        }
    }

    fn named(names: &[&str]) -> VersionInput {
        let charge = |name: &&str| ChargeInput { name: (*name).to_owned(), ..ChargeInput::default() };
        VersionInput { charges: names.iter().map(charge).collect(), ..VersionInput::default() }
    }

    fn names(input: &VersionInput) -> Vec<&str> {
        input.charges.iter().map(|charge| charge.name.as_str()).collect()
    }

    #[test]
    fn charges_keep_their_content_when_they_move() {
        let mut input = named(&["a", "b", "c"]);
        assert_eq!(Change::MoveUp(2).apply(&mut input).as_deref(), Some("charges.1.move-up"));
        assert_eq!(names(&input), ["a", "c", "b"]);
        assert_eq!(Change::MoveDown(0).apply(&mut input).as_deref(), Some("charges.1.move-down"));
        assert_eq!(names(&input), ["c", "a", "b"]);
        assert_eq!(Change::RemoveCharge(2).apply(&mut input).as_deref(), Some("charges.1.name"));
        assert_eq!(names(&input), ["c", "a"]);
        for change in [Change::MoveUp(0), Change::MoveDown(1), Change::MoveUp(9), Change::RemoveCharge(2)] {
            assert_eq!(change.apply(&mut input), None, "{change}");
        }
        assert_eq!(names(&input), ["c", "a"], "a change that is not possible changes nothing");
    }

    #[test]
    fn a_charge_has_at_least_one_tier_and_no_more_than_the_limit() {
        let mut input = named(&["a"]);
        assert_eq!(Change::RemoveTier(0, 0).apply(&mut input), None);
        assert_eq!(Change::AddTier(0).apply(&mut input).as_deref(), Some("charges.0.tiers.1.up_to"));
        for _ in 0..2 * MAX_TIERS {
            Change::AddTier(0).apply(&mut input);
        }
        assert_eq!(input.charges[0].tiers.len(), MAX_TIERS);
        for _ in 0..2 * MAX_CHARGES {
            Change::AddCharge.apply(&mut input);
        }
        assert_eq!(input.charges.len(), MAX_CHARGES);
    }

    #[test]
    fn the_focus_stays_in_the_control_of_a_charge_that_moves() {
        assert_eq!(in_charge("charges.1.tiers.2.flat", 1, 0).as_deref(), Some("charges.0.tiers.2.flat"));
        assert_eq!(in_charge("charges.10.name", 1, 0), None);
    }
}
