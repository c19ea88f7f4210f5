use super::*;
use crate::{
    Currency,
    id::{MeterId, ProductId},
    pricing::{
        Quantity, UnitPrice,
        charge::{Charge, Fee, FeeBasis, Metered, Model, Tier, Tiers, Timing},
    },
    text::Line,
};
use proptest::prelude::*;
use uuid::Uuid;

const ID: &str = "0190a6c8-7b8a-7000-8000-000000000001";

fn charge(model: &str) -> ChargeInput {
    let text = |text: &str| text.to_owned();
    let mut input = ChargeInput { name: text("Tokens"), model: text(model), ..ChargeInput::default() };
    match model {
        "fee" => {
            (input.product, input.fee, input.timing) = (text(ID), text("20.00"), text("advance"));
        }
        "per_unit" => (input.meter, input.unit_price) = (text(ID), text("0.0000025")),
        "package" => {
            (input.meter, input.package_size, input.package_price) = (text(ID), text("100"), text("5"));
        }
        _ => {
            input.meter = text(ID);
            input.tiers = vec![tier("10", "5", "100"), tier("", "4", "")];
        }
    }
    input
}

fn tier(up_to: &str, unit_price: &str, flat: &str) -> TierInput {
    TierInput { up_to: up_to.to_owned(), unit_price: unit_price.to_owned(), flat: flat.to_owned() }
}

fn version(charges: Vec<ChargeInput>) -> VersionInput {
    VersionInput { charges, ..VersionInput::default() }
}

fn errors(input: &VersionInput, code: &str) -> Vec<String> {
    let errors = input.parse(Currency::from_code(code).unwrap()).err().unwrap_or_default();
    errors.0.into_iter().map(|error| error.field).collect()
}

#[test]
fn each_model_is_read_and_only_its_own_controls_count() {
    for kind in ModelKind::ALL {
        let mut input = charge(kind.as_str());
        let read = version(vec![input.clone()]).parse(Currency::USD).unwrap();
        assert_eq!(ModelKind::of(&read.charges[0].charge()), kind);
        for (used, junk) in [
            (&mut input.fee, kind != ModelKind::Fee),
            (&mut input.unit_price, kind != ModelKind::PerUnit),
            (&mut input.package_size, kind != ModelKind::Package),
        ] {
            if junk {
                *used = "junk".to_owned();
            }
        }
        assert_eq!(version(vec![input]).parse(Currency::USD).unwrap(), read, "{kind:?}");
    }
}

#[test]
fn parse_reports_every_invalid_control() {
    let junk = |model: &str| ChargeInput {
        name: String::new(),
        product: "1".into(),
        meter: "1".into(),
        model: model.into(),
        timing: "never".into(),
        per_seat: "perhaps".into(),
        fee: "1,00".into(),
        unit_price: "1e3".into(),
        included: "-1".into(),
        package_size: "0".into(),
        package_price: "x".into(),
        tiers: vec![tier("x", "x", "x"), tier("", "-1", "-1")],
    };
    let of = |model: &str| errors(&version(vec![charge("per_unit"), junk(model)]), "USD");
    let named = |controls: &[&str]| controls.iter().map(|c| format!("charges.1.{c}")).collect::<Vec<_>>();
    assert_eq!(of("fee"), named(&["name", "product", "fee", "timing", "per_seat"]));
    assert_eq!(of("per_unit"), named(&["name", "meter", "included", "unit_price"]));
    assert_eq!(of("package"), named(&["name", "meter", "included", "package_size", "package_price"]));
    let tiers = ["tiers.0.up_to", "tiers.0.unit_price", "tiers.0.flat", "tiers.1.unit_price", "tiers.1.flat"];
    for model in ["graduated", "volume"] {
        assert_eq!(of(model), named(&[&["name", "meter", "included"][..], &tiers[..]].concat()));
    }
    assert_eq!(of("hourly"), named(&["name", "model"]));
    let input = VersionInput { minimum: "1.000".into(), note: "x".repeat(501), charges: Vec::new() };
    assert_eq!(errors(&input, "USD"), ["minimum", "note"]);
}

#[test]
fn an_amount_has_at_most_the_decimal_places_of_its_currency() {
    let with = |fee: &str| version(vec![ChargeInput { fee: fee.into(), ..charge("fee") }]);
    assert_eq!(errors(&with("1.5"), "JPY"), ["charges.0.fee"]);
    assert_eq!(errors(&with("1.234"), "USD"), ["charges.0.fee"]);
    assert_eq!(errors(&with("1.234"), "KWD"), [""; 0], "control");
    let message = with("1.5").parse(Currency::JPY).err().unwrap_or_default();
    let message = message.of("charges.0.fee").unwrap_or_default();
    assert!(message.contains("number of decimals"), "{message}");
}

#[test]
fn tiers_must_rise_and_end_without_a_bound() {
    let with = |tiers: Vec<TierInput>| version(vec![ChargeInput { tiers, ..charge("volume") }]);
    assert_eq!(errors(&with(vec![]), "USD"), ["charges.0.tiers.0.unit_price"]);
    assert_eq!(errors(&with(vec![tier("10", "1", "")]), "USD"), ["charges.0.tiers.0.up_to"]);
    let falling = vec![tier("10", "1", ""), tier("10", "1", ""), tier("", "1", "")];
    assert_eq!(errors(&with(falling), "USD"), ["charges.0.tiers.1.up_to"]);
    let blank_last = vec![tier("10", "1", ""), tier("", "1", ""), tier("", " ", "")];
    assert_eq!(errors(&with(blank_last), "USD"), [""; 0], "an empty row at the end is left out");
}

#[test]
fn a_meter_is_priced_once_in_a_version() {
    let twice = version(vec![charge("per_unit"), charge("volume")]);
    assert_eq!(errors(&twice, "USD"), ["charges.1.meter"]);
    let fees = version(vec![charge("fee"), charge("fee"), charge("volume")]);
    assert_eq!(errors(&fees, "USD"), [""; 0], "control");
}

#[test]
fn a_version_has_at_most_50_charges_and_a_charge_at_most_20_tiers() {
    assert_eq!(errors(&version(vec![charge("fee"); 50]), "USD"), [""; 0]);
    assert_eq!(errors(&version(vec![charge("fee"); 51]), "USD"), ["charges"]);
    let mut blank = vec![charge("fee"); 50];
    blank.push(ChargeInput { model: "fee".into(), timing: "advance".into(), ..ChargeInput::default() });
    assert_eq!(errors(&version(blank), "USD"), [""; 0], "an empty charge at the end is left out");
    let tiers = |count: usize| {
        let bounded = (1..count).map(|bound| tier(&bound.to_string(), "1", ""));
        let tiers = bounded.chain([tier("", "1", "")]).collect();
        version(vec![ChargeInput { tiers, ..charge("graduated") }])
    };
    assert_eq!(errors(&tiers(20), "USD"), [""; 0]);
    assert_eq!(errors(&tiers(21), "USD"), ["charges.0.tiers"]);
}

#[test]
fn huge_numbers_and_many_controls_stay_small() {
    let pairs = (0..10_000).map(|n| (format!("charges.{n}.tiers.{n}.up_to"), "1".to_owned()));
    let input = VersionInput::from_pairs(pairs.chain([("charges.99999999999.name".to_owned(), "x".to_owned())]));
    assert_eq!(input.charges.len(), MAX_CHARGES + 1);
    let pairs = (0..10_000).map(|n| (format!("charges.0.tiers.{n}.up_to"), "1".to_owned()));
    assert_eq!(VersionInput::from_pairs(pairs).charges[0].tiers.len(), MAX_TIERS + 1);
}

#[test]
fn gaps_are_closed_and_the_first_of_equal_controls_counts() {
    let pairs = [("charges.7.name", "B"), ("charges.2.name", "A"), ("charges.2.name", "C"), ("grant", "g")];
    let input = VersionInput::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let names: Vec<_> = input.charges.iter().map(|charge| charge.name.as_str()).collect();
    assert_eq!(names, ["A", "B"]);
}

#[test]
fn a_version_that_is_stored_can_be_edited() {
    let draft = version(
        ModelKind::ALL
            .into_iter()
            .map(|kind| {
                let id = Uuid::from_u128(kind as u128 + 1).to_string();
                ChargeInput { meter: id, ..charge(kind.as_str()) }
            })
            .collect(),
    )
    .parse(Currency::USD)
    .unwrap();
    let stored = Version {
        number: 1,
        state: VersionState::Draft,
        revision: 1,
        currency: Currency::USD,
        minimum_minor: draft.minimum_minor,
        note: draft.note.clone(),
        charges: draft
            .charges
            .iter()
            .map(|charge| ChargeRow {
                name: charge.name.to_string(),
                product_id: ID.parse().unwrap(),
                product: "Product".into(),
                meter: charge.meter().map(|id| ChargeMeter { id, name: "Meter".into(), unit: "unit".into() }),
                charge: charge.charge(),
            })
            .collect(),
    };
    assert_eq!(VersionInput::from(&stored).parse(Currency::USD), Ok(draft));
}

fn quantity() -> impl Strategy<Value = Quantity> {
    (1i128..1_000_000_000_000).prop_map(|millionths| Quantity::from_millionths(millionths).unwrap())
}

fn unit_price() -> impl Strategy<Value = UnitPrice> {
    "[0-9]{1,6}\\.[0-9]{1,12}".prop_map(|text| UnitPrice::parse(&text).unwrap())
}

fn tiers() -> impl Strategy<Value = Tiers> {
    let bounds = prop::collection::btree_set(1i128..1_000_000_000_000, 0..6);
    (bounds, prop::collection::vec((unit_price(), 0i64..1_000_000), 7)).prop_map(|(bounds, prices)| {
        let bounds = bounds.into_iter().map(Quantity::from_millionths).chain([None]);
        let tier = |(up_to, (unit_price, flat_minor))| Tier { up_to, unit_price, flat_minor };
        Tiers::new(bounds.zip(prices).map(tier).collect()).unwrap()
    })
}

fn charge_draft() -> impl Strategy<Value = Charge> {
    let fee = (0i64..1_000_000_000, any::<bool>(), any::<bool>()).prop_map(|(minor, per_seat, advance)| {
        Charge::Fee(Fee {
            minor,
            basis: if per_seat { FeeBasis::Seat } else { FeeBasis::Subscription },
            timing: if advance { Timing::Advance } else { Timing::Arrears },
        })
    });
    let model = prop_oneof![
        unit_price().prop_map(Model::PerUnit),
        tiers().prop_map(Model::Graduated),
        tiers().prop_map(Model::Volume),
        (quantity(), 0i64..1_000_000).prop_map(|(size, minor)| Model::Package { size, minor }),
    ];
    let metered = (prop_oneof![Just(Quantity::ZERO), quantity()], model)
        .prop_map(|(included, model)| Charge::Metered(Metered { included, model }));
    prop_oneof![fee, metered]
}

proptest! {
    #[test]
    fn a_validated_version_is_read_again_unchanged(
        charges in prop::collection::vec(charge_draft(), 0..8),
        minimum in prop::option::of(0i64..1_000_000_000),
        which in 0usize..4,
        note in "[a-z\n]{0,20}",
    ) {
        let currency = [Currency::USD, Currency::JPY, Currency::from_code("KWD").unwrap(), Currency::EUR][which];
        let charges = charges.into_iter().enumerate().map(|(at, charge)| {
            let id = Uuid::from_u128(at as u128);
            ChargeDraft {
                name: Line::parse("a name", &format!("Charge {at}"), 80).unwrap(),
                priced: match charge {
                    Charge::Fee(fee) => Priced::Fee { product: ProductId::from_uuid(id), fee },
                    Charge::Metered(price) => Priced::Usage { meter: MeterId::from_uuid(id), price },
                },
            }
        });
        let note = note.trim().to_owned();
        let draft = VersionDraft { currency, minimum_minor: minimum, note, charges: charges.collect() };
        let input = VersionInput::from(&draft);
        prop_assert_eq!(input.parse(currency), Ok(draft));
        prop_assert_eq!(VersionInput::from_pairs(input.pairs()), input.clone());
        let json = serde_json::to_string(&input).unwrap();
        prop_assert_eq!(serde_json::from_str::<VersionInput>(&json).unwrap(), input);
    }

    #[test]
    fn junk_never_panics(
        pairs in prop::collection::vec((
            "(charges|x|minimum)?(\\.[0-9]{0,6}){0,2}(\\.(tiers|name|model|fee|meter))?(\\.[0-9]{1,2})?(\\.(up_to|flat|x))?",
            "[-0-9.,eE a-z\\u{200b}]{0,24}|fee|volume|graduated|package",
        ), 0..40),
    ) {
        let input = VersionInput::from_pairs(pairs);
        let _ = input.parse(Currency::USD);
        let _ = input.parse(Currency::JPY);
        prop_assert_eq!(VersionInput::from_pairs(input.pairs()), input);
    }

    #[test]
    fn typed_numbers_never_panic(value in ".{0,30}") {
        for kind in ModelKind::ALL {
            let mut input = charge(kind.as_str());
            for control in [
                &mut input.name, &mut input.fee, &mut input.unit_price, &mut input.included, &mut input.package_size,
                &mut input.package_price,
            ] {
                control.clone_from(&value);
            }
            for tier in &mut input.tiers {
                tier.up_to.clone_from(&value);
                tier.flat.clone_from(&value);
            }
            let _ = version(vec![input]).parse(Currency::USD);
        }
    }
}
