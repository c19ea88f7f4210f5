//! Compares prices with the examples in `docs/PRICING.md`, and with an independent computation in fractions.

use super::*;
use crate::pricing::charge::Tier;
use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;

fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).unwrap()
}

/// Reads a price as the documentation writes it: `2.5`, `graduated 10@5+100 20@4 *@3`, `volume 5@1 *@0.5`,
/// `package 100@5`, each with `included 100` before it if some units are free.
fn metered(text: &str, currency: Currency) -> Metered {
    let mut words = text.split(' ').peekable();
    let included = match words.next_if_eq(&"included") {
        Some(_) => quantity(words.next().unwrap()),
        None => Quantity::ZERO,
    };
    let minor = |amount: &str| Exact::try_from(amount.to_owned()).unwrap().round(currency).unwrap();
    let kind = words.next().unwrap();
    let mut tiers = || {
        let tiers = words.by_ref().map(|word| {
            let (bound, price) = word.split_once('@').unwrap();
            let (unit, flat) = price.split_once('+').unwrap_or((price, "0"));
            Tier {
                up_to: (bound != "*").then(|| quantity(bound)),
                unit_price: UnitPrice::parse(unit).unwrap(),
                flat_minor: minor(flat),
            }
        });
        Tiers::new(tiers.collect()).unwrap()
    };
    let model = match kind {
        "graduated" => Model::Graduated(tiers()),
        "volume" => Model::Volume(tiers()),
        "package" => {
            let (size, price) = words.next().unwrap().split_once('@').unwrap();
            Model::Package { size: quantity(size), minor: minor(price) }
        }
        unit_price => Model::PerUnit(UnitPrice::parse(unit_price).unwrap()),
    };
    Metered { included, model }
}

#[test]
fn the_examples_in_the_documentation_have_the_prices_that_the_code_computes() {
    let document = include_str!("../../../../../docs/PRICING.md");
    let mut rows = 0;
    for row in document.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let [charge, used, code, exact, line] = cells[..] else { panic!("not a row of the table: {row}") };
        let currency = Currency::from_code(code).unwrap();
        let calculation = price(&metered(charge, currency), quantity(used), currency).unwrap();
        assert_eq!(calculation.exact.to_string(), exact, "{row}");
        let minor = calculation.exact.round(currency).unwrap();
        assert_eq!(crate::Money { minor, currency }.to_string().replace('\u{a0}', " "), line, "{row}");
        rows += 1;
    }
    assert!(rows >= 30, "control: the table has rows");
}

#[test]
fn each_step_has_its_quantity_unit_price_and_tier() {
    let charge = metered("graduated 10000000@0.0000025 *@0.00000125", Currency::USD);
    let calculation = price(&charge, quantity("18059974"), Currency::USD).unwrap();
    let bound = quantity("10000000");
    let unit = |price| UnitPrice::parse(price).unwrap();
    let exact = |amount: &str| Exact::try_from(amount.to_owned()).unwrap();
    let steps = [
        Step::Units {
            quantity: bound,
            unit_price: unit("0.0000025"),
            tier: Some((Quantity::ZERO, Some(bound))),
            amount: exact("25"),
        },
        Step::Units {
            quantity: quantity("8059974"),
            unit_price: unit("0.00000125"),
            tier: Some((bound, None)),
            amount: exact("10.0749675"),
        },
    ];
    assert_eq!(calculation.steps, steps);
    assert_eq!(calculation.exact, exact("35.0749675"));
}

fn tiers() -> impl Strategy<Value = Tiers> {
    let tier = (1i128..50_000_000, 0i64..5_000_000_000, 0i64..100_000);
    prop::collection::vec(tier, 1..6).prop_map(|parts| {
        let last = parts.len() - 1;
        let mut bound = 0;
        let tiers = parts.into_iter().enumerate().map(|(index, (width, price, flat_minor))| {
            bound += width;
            let unit_price = UnitPrice::from_decimal(rust_decimal::Decimal::new(price, 9)).unwrap();
            Tier { up_to: (index < last).then(|| Quantity::from_millionths(bound).unwrap()), unit_price, flat_minor }
        });
        Tiers::new(tiers.collect()).unwrap()
    })
}

fn charges() -> impl Strategy<Value = Metered> {
    let model = prop_oneof![
        (0i64..5_000_000_000)
            .prop_map(|price| Model::PerUnit(UnitPrice::from_decimal(rust_decimal::Decimal::new(price, 9)).unwrap())),
        tiers().prop_map(Model::Graduated),
        tiers().prop_map(Model::Volume),
        (1i128..100_000_000, 0i64..100_000)
            .prop_map(|(size, minor)| Model::Package { size: Quantity::from_millionths(size).unwrap(), minor }),
    ];
    (prop_oneof![Just(0i128), 0i128..30_000_000], model)
        .prop_map(|(included, model)| Metered { included: Quantity::from_millionths(included).unwrap(), model })
}

fn fraction(exact: Exact) -> BigRational {
    let text = exact.to_string();
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let digits: BigInt = format!("{whole}{decimals}").parse().unwrap();
    BigRational::new(digits, BigInt::from(10).pow(u32::try_from(decimals.len()).unwrap()))
}

/// Computes a price in US dollars independently of [`price`]: in fractions, and by the bounds of the tiers.
fn reference(charge: &Metered, used: Quantity) -> BigRational {
    let zero = BigRational::from_integer(0.into());
    let cents = |minor: i64| BigRational::new(minor.into(), 100.into());
    let left = (fraction(used.exact()) - fraction(charge.included.exact())).max(zero.clone());
    let tiers = |tiers: &Tiers| -> Vec<(Option<BigRational>, BigRational, BigRational)> {
        Vec::from(tiers.clone())
            .iter()
            .map(|tier| {
                (
                    tier.up_to.map(|bound| fraction(bound.exact())),
                    fraction(tier.unit_price.exact()),
                    cents(tier.flat_minor),
                )
            })
            .collect()
    };
    match &charge.model {
        Model::PerUnit(price) => left * fraction(price.exact()),
        Model::Package { size, minor } => (left / fraction(size.exact())).ceil() * cents(*minor),
        // The quantity above a bound is multiplied by the difference between the prices above and below the bound.
        Model::Graduated(list) => {
            let list = tiers(list);
            let mut sum = zero.clone();
            let mut below = (zero.clone(), zero.clone());
            for (bound, price, flat) in list {
                if left > below.0 {
                    sum += (left.clone() - below.0) * (price.clone() - below.1) + flat;
                }
                let Some(bound) = bound else { break };
                below = (bound, price);
            }
            sum
        }
        Model::Volume(list) => {
            let tier = tiers(list).into_iter().find(|(bound, ..)| bound.as_ref().is_none_or(|bound| left <= *bound));
            tier.filter(|_| left > zero).map_or(zero.clone(), |(_, price, flat)| left.clone() * price + flat)
        }
    }
}

proptest! {
    // 20 times the usual number of cases; with `PROPTEST_CASES=50000`, a million.
    #![proptest_config(ProptestConfig { cases: 20 * ProptestConfig::default().cases, ..ProptestConfig::default() })]

    #[test]
    fn prices_equal_fractions(charge in charges(), used in -5_000_000i128..400_000_000) {
        let used = Quantity::from_millionths(used).unwrap();
        let calculation = price(&charge, used, Currency::USD).unwrap();
        prop_assert_eq!(fraction(calculation.exact), reference(&charge, used));
        let zero = BigRational::from_integer(0.into());
        let steps = calculation.steps.iter().fold(zero, |sum, step| sum + fraction(step.amount()));
        prop_assert_eq!(steps, reference(&charge, used), "the steps don't add up");
    }

    #[test]
    fn a_graduated_price_never_falls(tiers in tiers(), a in 0i128..400_000_000, b in 0i128..400_000_000) {
        let charge = Metered { included: Quantity::ZERO, model: Model::Graduated(tiers) };
        let at = |millionths| price(&charge, Quantity::from_millionths(millionths).unwrap(), Currency::USD).unwrap();
        let (low, high) = (at(a.min(b)), at(a.max(b)));
        prop_assert!(fraction(low.exact) <= fraction(high.exact));
    }
}

#[test]
fn a_graduated_price_is_the_sum_of_the_prices_of_its_units() {
    let charge = metered("graduated 100@0.03 1000@0.017 3000@0.0091 *@0.0004", Currency::USD);
    let mut sum = Exact::ZERO;
    for unit in 1..=5_000i64 {
        let unit_price = if unit <= 100 {
            "0.03"
        } else if unit <= 1_000 {
            "0.017"
        } else if unit <= 3_000 {
            "0.0091"
        } else {
            "0.0004"
        };
        sum = sum.plus(Exact::try_from(unit_price.to_owned()).unwrap()).unwrap();
        assert_eq!(price(&charge, quantity(&unit.to_string()), Currency::USD).unwrap().exact, sum, "{unit}");
    }
}
