use super::*;
use crate::{
    pricing::{
        UnitPrice,
        charge::{Charge, Fee, FeeBasis, Tier, Timing},
    },
    rate_plan::{Interval, plan::PlanCharge},
};
use proptest::prelude::*;
use uuid::Uuid;

fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).unwrap()
}

fn currency(code: &str) -> Currency {
    Currency::from_code(code).unwrap()
}

/// Reads tiers such as `10@5+100 *@4`.
fn tiers(text: &str) -> Tiers {
    let tier = |text: &str| {
        let (bound, price) = text.split_once('@').unwrap();
        let (price, flat) = price.split_once('+').unwrap_or((price, "0"));
        Tier {
            up_to: (bound != "*").then(|| quantity(bound)),
            unit_price: UnitPrice::parse(price).unwrap(),
            flat_minor: flat.parse::<i64>().unwrap() * 100,
        }
    };
    Tiers::new(text.split(' ').map(tier).collect()).unwrap()
}

fn graduated(text: &str) -> Metered {
    Metered { included: Quantity::ZERO, model: Model::Graduated(tiers(text)) }
}

fn volume(text: &str) -> Metered {
    Metered { included: Quantity::ZERO, model: Model::Volume(tiers(text)) }
}

fn shown(charge: &Metered, used: &str, code: &str) -> String {
    working(charge, quantity(used), currency(code)).unwrap().amount.to_string()
}

#[test]
fn a_quantity_at_the_bound_of_a_tier_has_the_price_of_that_tier() {
    let free = graduated("250@0 *@0.02");
    assert_eq!(["250", "251", "250.5"].map(|q| shown(&free, q, "USD")), ["$0.00", "$0.02", "$0.01"]);
    let steps = graduated("100@1.5 500@1.75 1000@2.35 *@3.17");
    let at_630 = working(&steps, quantity("630"), Currency::USD).unwrap();
    assert_eq!(at_630.amount.to_string(), "$1,155.50");
    let amounts: Vec<_> = at_630.calculation.steps.iter().map(|step| step.amount().to_string()).collect();
    assert_eq!(amounts, ["150", "700", "305.5"]);
}

#[test]
fn a_fraction_between_two_whole_bounds_has_a_price() {
    let price = volume("5@1 10@0.8 *@0.5");
    assert_eq!(["5.5", "10", "11"].map(|q| shown(&price, q, "USD")), ["$4.40", "$8.00", "$5.50"]);
    let price = volume("100@1 *@0.5");
    assert_eq!(["99.5", "100.5"].map(|q| shown(&price, q, "USD")), ["$99.50", "$50.25"]);
}

#[test]
fn a_price_below_the_minor_unit_is_neither_rounded_before_multiplying_nor_when_shown() {
    let price = UnitPrice::parse("4.5").unwrap();
    let charge = Metered { included: Quantity::ZERO, model: Model::PerUnit(price) };
    assert_eq!(shown(&charge, "12345", "JPY"), "¥55,553");
    assert_eq!(price.display(Currency::JPY), "¥4.5");
    assert_eq!(UnitPrice::parse("1.50").unwrap().display(currency("HUF")), "HUF\u{a0}1.50");
    assert_eq!(UnitPrice::parse("0.0000025").unwrap().display(Currency::USD), "$0.0000025");
}

#[test]
fn the_editor_shows_both_models_of_the_same_tiers() {
    for charge in [graduated("100@3 *@1"), volume("100@3 *@1")] {
        let both = comparison(&charge, Currency::USD).unwrap().unwrap();
        assert_eq!(both.quantity, quantity("101"));
        assert_eq!((both.graduated.minor, both.volume.minor), (30_100, 10_100));
    }
    assert_eq!(comparison(&graduated("*@3"), Currency::USD), Ok(None));
    assert_eq!(comparison(&graduated("100@3 *@3"), Currency::USD), Ok(None), "no difference");
}

#[test]
fn a_fall_or_rise_at_a_bound_is_reported_and_a_continuous_price_is_not() {
    let sentences =
        |charge: &Metered| jumps(charge, Currency::USD).unwrap().iter().map(Jump::sentence).collect::<Vec<_>>();
    assert_eq!(
        sentences(&volume("5@1 10@0.8 *@0.5")),
        ["At 5.000001 the price falls from $5.00 to $4.00.", "At 10.000001 the price falls from $8.00 to $5.00."]
    );
    assert_eq!(sentences(&volume("5@1 *@2")), ["At 5.000001 the price rises from $5.00 to $10.00."]);
    assert_eq!(sentences(&graduated("10@5+100 *@4+50")), ["At 10.000001 the price rises from $150.00 to $200.00."]);
    assert_eq!(sentences(&graduated("10@999999 *@4")), [""; 0]);
    let included = Metered { included: quantity("100"), ..volume("10@1 *@0.5") };
    assert_eq!(sentences(&included), ["At 110.000001 the price falls from $10.00 to $5.00."]);
}

#[test]
fn the_table_has_the_prices_of_powers_of_ten() {
    let charge = Metered { included: Quantity::ZERO, model: Model::PerUnit(UnitPrice::parse("0.0000025").unwrap()) };
    let shown: Vec<_> = table(&charge, Currency::USD)
        .into_iter()
        .map(|(quantity, amount)| format!("{} {}", quantity.grouped(), amount.unwrap()))
        .collect();
    assert_eq!(shown, ["10 $0.00", "100 $0.00", "1,000 $0.00", "10,000 $0.03", "100,000 $0.25", "1,000,000 $2.50"]);
    let huge = Metered {
        included: Quantity::ZERO,
        model: Model::PerUnit(UnitPrice::parse("999999999999.999999999999").unwrap()),
    };
    assert_eq!(table(&huge, Currency::USD).len(), 6, "amounts out of range are left empty");
}

#[test]
fn a_curve_has_both_sides_of_each_jump() {
    let charge = volume("5@1 10@0.8 *@0.5");
    let curve = curve(&charge, curve_end(&charge), Currency::USD).unwrap();
    let points: Vec<_> = curve.points.iter().map(|point| format!("{} {}", point.quantity, point.amount)).collect();
    assert_eq!(
        points,
        ["0 0", "0.000001 0.000001", "5 5", "5.000001 4.0000008", "10 8", "10.000001 5.0000005", "15 7.5"]
    );
    assert_eq!(curve.top.to_string(), "8");
    let drawn = curve.drawn(300, 80);
    assert_eq!((drawn[0], drawn[4], drawn[6]), ((0, 80), (200, 0), (300, 5)));
}

#[test]
fn a_curve_of_many_packages_stays_small() {
    let of =
        |size: &str| Metered { included: quantity("100"), model: Model::Package { size: quantity(size), minor: 500 } };
    let few = of("100");
    assert_eq!(curve(&few, curve_end(&few), Currency::USD).unwrap().points.len(), 22);
    let many = curve(&of("0.000001"), quantity("1000"), Currency::USD).unwrap();
    assert!(many.points.len() < 200, "{}", many.points.len());
}

fn plan(fee: i64, price: &str, meter: MeterId) -> PlanPrices {
    let fee = Charge::Fee(Fee { minor: fee, basis: FeeBasis::Seat, timing: Timing::Advance });
    let model = Model::PerUnit(UnitPrice::parse(price).unwrap());
    let usage = Charge::Metered(Metered { included: Quantity::ZERO, model });
    PlanPrices {
        interval: Interval::Month,
        prices: Prices { currency: Currency::USD, charges: vec![fee, usage], minimum_minor: None },
        charges: [None, Some(meter)].map(|meter| PlanCharge { name: String::new(), meter }).into(),
    }
}

#[test]
fn the_impact_of_other_prices_is_the_difference_of_both_sums() {
    let meter = MeterId::from_uuid(Uuid::from_u128(1));
    let used = |n: u128, seats: u32, quantity_used: &str| SubscriptionUse {
        subscription: SubscriptionId::from_uuid(Uuid::from_u128(n)),
        customer: CustomerId::from_uuid(Uuid::from_u128(n)),
        name: format!("Customer {n}"),
        seats,
        period: Period { from: date!(2026 - 01 - 01), until: date!(2026 - 02 - 01) },
        used: vec![(meter, quantity(quantity_used))],
    };
    let uses = [used(1, 1, "100"), used(2, 3, "0"), used(3, 1, "50")];
    let of = impact(&plan(1_000, "0.10", meter), &plan(500, "0.20", meter), &uses).unwrap();
    assert_eq!((of.before.to_string(), of.after.to_string()), ("$65.00".to_owned(), "$55.00".to_owned()));
    assert_eq!((of.subscriptions, of.dearer, of.cheaper), (3, 1, 1));
    let moves: Vec<_> = of.moves.iter().map(|of| (of.name.as_str(), of.before.minor, of.after.minor)).collect();
    assert_eq!(moves, [("Customer 2", 3_000, 1_500), ("Customer 1", 2_000, 2_500)]);
    let many: Vec<_> = (0..50).map(|n| used(n, 1, "1")).collect();
    let of = impact(&plan(1_000, "0.10", meter), &plan(500, "0.20", meter), &many).unwrap();
    assert_eq!((of.cheaper, of.moves.len()), (50, MAX_MOVES));
}

proptest! {
    /// What the curve shows must be what the customer pays.
    #[test]
    fn each_point_of_a_curve_is_the_price_of_its_quantity(
        bounds in prop::collection::btree_set(1u32..10_000, 1..6),
        prices in prop::collection::vec(0u32..1_000, 7),
        included in 0u32..500,
        is_volume: bool,
    ) {
        let bounds: Vec<_> = bounds.into_iter().map(Some).chain([None]).collect();
        let tiers = bounds.iter().zip(&prices).map(|(bound, price)| Tier {
            up_to: bound.map(|bound| quantity(&bound.to_string())),
            unit_price: UnitPrice::parse(&format!("0.{price:03}")).unwrap(),
            flat_minor: i64::from(*price % 3),
        });
        let tiers = Tiers::new(tiers.collect()).unwrap();
        let model = if is_volume { Model::Volume(tiers) } else { Model::Graduated(tiers) };
        let charge = Metered { included: quantity(&included.to_string()), model };
        let drawn = curve(&charge, curve_end(&charge), Currency::USD).unwrap();
        for point in &drawn.points {
            prop_assert_eq!(price(&charge, point.quantity, Currency::USD).unwrap().exact, point.amount);
        }
        prop_assert!(drawn.points.windows(2).all(|pair| pair[0].quantity < pair[1].quantity));
        prop_assert_eq!(drawn.drawn(600, 200).len(), drawn.points.len());
        for jump in jumps(&charge, Currency::USD).unwrap() {
            prop_assert!(drawn.points.iter().any(|point| point.quantity == jump.at), "{jump:?} is not drawn");
        }
    }
}
