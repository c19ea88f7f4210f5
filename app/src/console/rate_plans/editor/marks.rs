//! Differences between the draft and the published version.

use crate::console::rate_plans::change::{control, tier_control};
use model::rate_plan::{ChargeInput, ModelKind, TierInput, VersionInput};
use std::collections::BTreeMap;

/// Differences of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// What the draft changes, by the name of the control: `Was 0.10`.
    changed: BTreeMap<String, String>,
    /// Names of charges that the draft does not have.
    removed: Vec<String>,
}

impl Marks {
    /// Marks a control if its text is another one.
    fn compare(&mut self, control: String, before: &str, now: &str) {
        if before.trim() != now.trim() {
            self.changed.insert(control, was(before));
        }
    }

    /// Returns what is changed in a control.
    pub fn of(&self, control: &str) -> Option<&str> {
        self.changed.get(control).map(String::as_str)
    }

    /// Returns which charges the draft does not have. Empty if it has all.
    pub fn removed_words(&self) -> String {
        if self.removed.is_empty() { String::new() } else { format!("Removed: {}", self.removed.join(", ")) }
    }
}

/// Returns the differences between the published version and the draft. A charge is the same one if it has the same
/// meter, or if both are fees with the same name, or else if both are fees at the same position.
pub fn marks(published: &VersionInput, draft: &VersionInput) -> Marks {
    let mut found = Marks::default();
    found.compare("minimum".to_owned(), &published.minimum, &draft.minimum);
    let mut left: Vec<(usize, &ChargeInput)> = published.charges.iter().enumerate().collect();
    let mut of_charge = BTreeMap::new();
    for same in [same_charge, both_fees_here] {
        for (at, charge) in draft.charges.iter().enumerate() {
            if of_charge.contains_key(&at) {
                continue;
            }
            if let Some(before) = left.iter().position(|before| same(*before, (at, charge))) {
                of_charge.insert(at, left.remove(before));
            }
        }
    }
    for (at, charge) in draft.charges.iter().enumerate() {
        match of_charge.get(&at) {
            Some((before_at, before)) => {
                compare(&mut found, at, before, charge);
                if *before_at != at {
                    found.changed.insert(control(at, "position"), format!("Was number {}", before_at + 1));
                }
            }
            None => {
                found.changed.insert(control(at, "position"), "New".to_owned());
            }
        }
    }
    found.removed = left.into_iter().map(|(_, charge)| charge.name.clone()).collect();
    found
}

type At<'a> = (usize, &'a ChargeInput);

fn is_fee(charge: &ChargeInput) -> bool {
    charge.model == ModelKind::Fee.as_str()
}

fn same_charge((_, a): At<'_>, (_, b): At<'_>) -> bool {
    match (is_fee(a), is_fee(b)) {
        (true, true) => a.name.trim() == b.name.trim(),
        (false, false) => !a.meter.is_empty() && a.meter == b.meter,
        _ => false,
    }
}

fn both_fees_here((at, a): At<'_>, (here, b): At<'_>) -> bool {
    at == here && is_fee(a) && is_fee(b)
}

fn was(before: &str) -> String {
    if before.trim().is_empty() { "Was empty".to_owned() } else { format!("Was {}", before.trim()) }
}

fn compare(found: &mut Marks, at: usize, before: &ChargeInput, now: &ChargeInput) {
    let mut add = |name: &str, before: &str, now: &str| found.compare(control(at, name), before, now);
    add("name", &before.name, &now.name);
    if is_fee(now) {
        add("fee", &before.fee, &now.fee);
        for (name, before, now) in [
            ("product", &before.product, &now.product),
            ("timing", &before.timing, &now.timing),
            ("per_seat", &before.per_seat, &now.per_seat),
        ] {
            // Their values are not words.
            if before != now {
                found.changed.insert(control(at, name), "Changed".to_owned());
            }
        }
        return;
    }
    add("included", &before.included, &now.included);
    let kind = ModelKind::from_word(&now.model);
    if before.model != now.model {
        let label = ModelKind::from_word(&before.model).map(ModelKind::label).unwrap_or_default();
        found.changed.insert(control(at, "model"), was(label));
        // The fields of another model have no value before.
        return;
    }
    match kind {
        Some(ModelKind::PerUnit) => add("unit_price", &before.unit_price, &now.unit_price),
        Some(ModelKind::Package) => {
            add("package_size", &before.package_size, &now.package_size);
            add("package_price", &before.package_price, &now.package_price);
        }
        Some(ModelKind::Graduated | ModelKind::Volume) => {
            for (tier, now) in now.tiers.iter().enumerate().filter(|(_, tier)| !tier.is_blank()) {
                compare_tier(found, (at, tier), before.tiers.get(tier), now);
            }
        }
        Some(ModelKind::Fee) | None => {}
    }
}

fn compare_tier(found: &mut Marks, (at, tier): (usize, usize), before: Option<&TierInput>, now: &TierInput) {
    let Some(before) = before else {
        found.changed.insert(tier_control(at, tier, "up_to"), "New tier".to_owned());
        return;
    };
    for (name, before, now) in [
        ("up_to", &before.up_to, &now.up_to),
        ("unit_price", &before.unit_price, &now.unit_price),
        ("flat", &before.flat, &now.flat),
    ] {
        found.compare(tier_control(at, tier, name), before, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(meter: &str, price: &str) -> ChargeInput {
        let model = ModelKind::PerUnit.as_str().to_owned();
        ChargeInput {
            name: meter.into(),
            meter: meter.into(),
            model,
            unit_price: price.into(),
            ..ChargeInput::default()
        }
    }

    fn version(charges: Vec<ChargeInput>) -> VersionInput {
        VersionInput { charges, ..VersionInput::default() }
    }

    #[test]
    fn an_unchanged_draft_has_no_marks() {
        let same = version(vec![usage("a", "1"), usage("b", "2")]);
        assert_eq!(marks(&same, &same), Marks::default());
    }

    #[test]
    fn a_charge_that_moves_is_compared_with_itself() {
        let before = version(vec![usage("a", "1"), usage("b", "2")]);
        let marks = marks(&before, &version(vec![usage("b", "2.5"), usage("a", "1"), usage("c", "9")]));
        assert_eq!(marks.of("charges.0.unit_price"), Some("Was 2"));
        assert_eq!(marks.of("charges.0.position"), Some("Was number 2"));
        assert_eq!(marks.of("charges.1.unit_price"), None);
        assert_eq!(marks.of("charges.2.position"), Some("New"));
        assert_eq!(marks.removed_words(), "");
    }

    #[test]
    fn removed_charges_are_named() {
        let before = version(vec![usage("a", "1"), usage("b", "2")]);
        assert_eq!(marks(&before, &version(vec![usage("b", "2")])).removed_words(), "Removed: a");
    }
}
