//! The judge of totals: the rules of EN 16931, as another crate checks them, find nothing wrong with ours.
#![expect(clippy::unwrap_used, reason = "in a test it is how a failure is reported")]

use en16931::{
    Date, Identifier, Invoice, InvoiceAmount, InvoiceLine, Percentage, Quantity,
    invoice::{Party, PostalAddress},
    reconcile::Reconciler,
    validate,
};
use model::pricing::tax::{Category, Group, Percent, taxes};
use proptest::prelude::*;
use rust_decimal::Decimal;

type Line = (Category, Percent, i64);

fn party(name: &str, vat: Option<&str>) -> Party {
    let mut party = Party::new(name, PostalAddress::new("Hauptstraße 1", "Berlin", "10115", "DE").unwrap());
    match vat {
        Some(vat) => party.with_vat_identifier(vat),
        // A seller without a VAT number has another one.
        None => {
            party.legal_registration = Some(Identifier::new("HRB 12345"));
            party
        }
    }
}

fn amount(minor: i64) -> InvoiceAmount {
    InvoiceAmount::from_minor_units(minor)
}

fn rate(category: Category, percent: Percent) -> Option<Percentage> {
    (category != Category::O).then(|| Percentage::new(percent.decimal()))
}

/// Returns what the rules find in an invoice with these lines and our taxes and sums.
fn findings(lines: &[Line], groups: &[Group]) -> String {
    // What is outside the scope of VAT has no VAT numbers.
    let taxed = lines.iter().any(|(category, ..)| *category != Category::O);
    let mut builder =
        Invoice::builder("urn:cen.eu:en16931:2017", "INV-1", Date::new(2026, 12, 1).unwrap(), "380", "EUR")
            .seller(party("Smart AI GmbH", taxed.then_some("DE123456789")))
            .buyer(party("Alder & Finch", taxed.then_some("DE987654321")))
            .due_in_days(14)
            .payment_terms("14 days");
    for (at, (category, percent, net)) in lines.iter().enumerate() {
        // A price is never negative, so that a credit has a negative quantity.
        let quantity = Quantity::new(Decimal::from(if *net < 0 { -1 } else { 1 }));
        builder = builder.line(InvoiceLine::new(
            (at + 1).to_string(),
            "Tokens",
            quantity,
            "C62",
            amount(*net),
            category.as_str(),
            rate(*category, *percent),
        ));
    }
    let mut reconciler = Reconciler::new();
    for category in ["E", "AE", "O"] {
        reconciler = reconciler.exemption(category, Some("A reason that the invoice states"), None);
    }
    let mut invoice = builder.build_reconciled_with(&reconciler).unwrap();
    // The sums of the other crate are replaced by ours.
    assert_eq!(invoice.vat_breakdown.len(), groups.len(), "{groups:?}");
    for entry in &mut invoice.vat_breakdown {
        let ours = groups
            .iter()
            .find(|group| {
                group.category.as_str() == entry.category.as_str()
                    && (group.category == Category::O || entry.rate == rate(group.category, group.percent))
            })
            .unwrap();
        entry.taxable_amount = amount(ours.net_minor);
        entry.tax_amount = amount(ours.tax_minor);
    }
    let net: i64 = groups.iter().map(|group| group.net_minor).sum();
    let tax: i64 = groups.iter().map(|group| group.tax_minor).sum();
    invoice.totals.line_total = amount(net);
    invoice.totals.taxable_total = amount(net);
    invoice.totals.vat_total = Some(amount(tax));
    invoice.totals.gross_total = amount(net + tax);
    invoice.totals.due = amount(net + tax);
    let report = validate(&invoice);
    if report.is_valid() { String::new() } else { report.to_string() }
}

/// Rates of at least 1 %: the published rules round the rate to whole percents to see whether it is zero.
fn taxed() -> impl Strategy<Value = Line> {
    let standard = (100_i64..3_000).prop_map(|hundredths| (Category::S, Percent::new(hundredths * 100).unwrap()));
    let none = prop_oneof![Just(Category::Z), Just(Category::E), Just(Category::AE)]
        .prop_map(|category| (category, Percent::new(0).unwrap()));
    let usual = prop_oneof![Just(70_000), Just(190_000), Just(81_000)]
        .prop_map(|percent| (Category::S, Percent::new(percent).unwrap()));
    (prop_oneof![4 => usual, 2 => standard, 2 => none], -50_000_i64..5_000_000)
        .prop_map(|((category, percent), net)| (category, percent, net))
}

fn untaxed() -> impl Strategy<Value = Line> {
    (-50_000_i64..5_000_000).prop_map(|net| (Category::O, Percent::new(0).unwrap(), net))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_rules_of_en_16931_find_nothing_in_a_thousand_invoices(
        lines in prop_oneof![
            9 => proptest::collection::vec(taxed(), 1..30),
            1 => proptest::collection::vec(untaxed(), 1..30),
        ]
    ) {
        let groups = taxes(lines.iter().copied()).unwrap();
        let found = findings(&lines, &groups);
        prop_assert!(found.is_empty(), "{found}");
    }
}

#[test]
fn control_a_tax_that_is_wrong_by_a_euro_is_found() {
    let lines = [(Category::S, Percent::parse("19").unwrap(), 10_000)];
    let mut groups = taxes(lines).unwrap();
    assert_eq!(findings(&lines, &groups), "");
    groups[0].tax_minor += 100;
    assert_ne!(findings(&lines, &groups), "");
}
