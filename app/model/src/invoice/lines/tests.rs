use super::*;
use crate::{
    currency::Currency,
    id::RatePlanId,
    pricing::{
        UnitPrice,
        charge::{Charge, Fee, FeeBasis, Metered, Model, Tier, Tiers, Timing},
        period::Interval,
        phase::Prices,
        tax,
    },
    subscription::{
        Phase, PlanVersion,
        bill::{ChargeTerms, ChargedMeter, Used},
    },
};
use proptest::prelude::*;
use time::macros::date;
use uuid::Uuid;

const VAT: Category = Category::S;

fn percent() -> Percent {
    Percent::parse("19").unwrap()
}

fn meter(number: u128) -> MeterId {
    MeterId::from_uuid(Uuid::from_u128(number))
}

fn subscription() -> SubscriptionId {
    SubscriptionId::from_uuid(Uuid::from_u128(3))
}

fn version(version: i32) -> PlanVersion {
    let plan = RatePlanId::from_uuid(Uuid::from_u128(1));
    PlanVersion { plan, version, name: "Tokens".to_owned(), interval: Interval::Month }
}

fn fee(minor: i64, timing: Timing) -> (Charge, ChargeTerms) {
    let terms = ChargeTerms { name: "Base fee".to_owned(), meter: None };
    (Charge::Fee(Fee { minor, basis: FeeBasis::Subscription, timing }), terms)
}

fn metered(number: u128, included: &str, model: Model) -> (Charge, ChargeTerms) {
    let meter = Some(ChargedMeter { id: meter(number), unit: "token".to_owned() });
    let charge = Charge::Metered(Metered { included: Quantity::parse(included).unwrap(), model });
    (charge, ChargeTerms { name: "Usage".to_owned(), meter })
}

fn per_unit(included: &str, price: &str) -> (Charge, ChargeTerms) {
    metered(7, included, Model::PerUnit(UnitPrice::parse(price).unwrap()))
}

fn terms(number: i32, charges: Vec<(Charge, ChargeTerms)>) -> Terms {
    let (charges, names) = charges.into_iter().unzip();
    let prices = Prices { currency: Currency::USD, charges, minimum_minor: None };
    Terms { plan: version(number).plan, version: number, prices, charges: names }
}

fn schedule(starts_on: Date) -> Schedule {
    let phases = vec![Phase { from_on: starts_on, plan: version(1), seats: 1 }];
    Schedule { anchor_on: starts_on, starts_on, ends_on: None, phases }
}

/// A customer with usage by day, and the documents of the subscription.
struct World {
    terms: Vec<Terms>,
    schedule: Schedule,
    bills_from: Date,
    usage: Vec<(Date, i64)>,
    documents: Vec<Issued>,
}

struct Issued {
    on: Date,
    lines: Vec<DocumentLine>,
    is_void: bool,
    /// Net amounts that credit notes took back, by line, and whether the usage is charged again.
    credits: Vec<(usize, i64, bool)>,
}

impl World {
    fn new(terms: Vec<Terms>, starts_on: Date) -> Self {
        let schedule = schedule(starts_on);
        Self { terms, schedule, bills_from: starts_on, usage: Vec::new(), documents: Vec::new() }
    }

    fn cut(&self, on: Date) -> Cut<'_> {
        Cut { subscription: subscription(), schedule: &self.schedule, bills_from: self.bills_from, on }
    }

    fn used(&self, cut: &Cut<'_>) -> Vec<Used> {
        let sum = |days: Period| {
            let sum: i64 = self.usage.iter().filter(|(day, _)| days.contains(*day)).map(|(_, quantity)| quantity).sum();
            Quantity::from_decimal(sum.into()).unwrap()
        };
        cut.needed(&self.terms).into_iter().map(|(meter, days)| Used { meter, days, quantity: sum(days) }).collect()
    }

    fn billed(&self) -> Vec<Billed> {
        let mut billed = Vec::new();
        for document in self.documents.iter().filter(|document| !document.is_void) {
            charge(&mut billed, &document.lines);
            for (at, minor, _) in document.credits.iter().filter(|(_, _, rebill)| *rebill) {
                charge(&mut billed, &[DocumentLine { net_minor: -minor, ..document.lines[*at].clone() }]);
            }
        }
        billed
    }

    fn lines(&self, on: Date) -> Vec<DocumentLine> {
        let cut = self.cut(on);
        let used = self.used(&cut);
        let facts = Facts { today: on, currency: Currency::USD, terms: &self.terms, used: &used };
        cut.lines(&facts, &self.billed(), (VAT, percent()), 0).unwrap()
    }

    fn due(&self, on: Date) -> Vec<Owed> {
        let cut = self.cut(on);
        let used = self.used(&cut);
        let facts = Facts { today: on, currency: Currency::USD, terms: &self.terms, used: &used };
        cut.due(&facts).unwrap()
    }

    fn amounts(&self, on: Date) -> Vec<i64> {
        self.lines(on).iter().map(|line| line.net_minor).collect()
    }

    /// Issues the invoice of a day, unless the day has one.
    fn issue(&mut self, on: Date) {
        if self.documents.iter().any(|document| document.on == on && !document.is_void) {
            return;
        }
        let lines = self.lines(on);
        let net: i64 = lines.iter().map(|line| line.net_minor).sum();
        assert!(net >= 0, "{net} on {on}");
        self.documents.push(Issued { on, lines, is_void: false, credits: Vec::new() });
    }
}

/// A real file of requests to language models: 18,059,974 prompt tokens and 245,896 generated tokens.
#[test]
fn a_month_of_real_usage_is_billed_67_27() {
    let unit_price = |price: &str| UnitPrice::parse(price).unwrap();
    let first =
        Tier { up_to: Some(Quantity::parse("10000000").unwrap()), unit_price: unit_price("0.0000025"), flat_minor: 0 };
    let rest = Tier { up_to: None, unit_price: unit_price("0.00000125"), flat_minor: 0 };
    let prompt = metered(7, "0", Model::Graduated(Tiers::new(vec![first, rest]).unwrap()));
    let generated = metered(8, "100000", Model::PerUnit(unit_price("0.00001")));
    let terms = [terms(1, vec![fee(2_000, Timing::Arrears), prompt, generated])];
    let schedule = schedule(date!(2023 - 11 - 01));
    let on = date!(2023 - 12 - 01);
    let cut = Cut { subscription: subscription(), schedule: &schedule, bills_from: schedule.starts_on, on };
    let days = cut.period().unwrap();
    let used = [(7, "18059974"), (8, "245896")].map(|(number, quantity)| Used {
        meter: meter(number),
        days,
        quantity: Quantity::parse(quantity).unwrap(),
    });
    let facts = Facts { today: on, currency: Currency::USD, terms: &terms, used: &used };
    let lines = cut.lines(&facts, &[], (VAT, percent()), 0).unwrap();
    assert_eq!(lines.iter().map(|line| line.net_minor).collect::<Vec<_>>(), [2_000, 3_507, 146]);
    let taxes = tax::taxes(lines.iter().map(|line| (line.category, line.percent, line.net_minor))).unwrap();
    let [group] = taxes.as_slice() else { panic!("one rate: {taxes:?}") };
    assert_eq!((group.net_minor, group.tax_minor, group.net_minor + group.tax_minor), (5_653, 1_074, 6_727));
}

#[test]
fn usage_that_is_included_is_shown_with_0() {
    let mut world = World::new(vec![terms(1, vec![per_unit("100", "1")])], date!(2026 - 01 - 01));
    assert!(world.lines(date!(2026 - 02 - 01)).is_empty(), "control: no usage, no line");
    world.usage.push((date!(2026 - 01 - 05), 60));
    let lines = world.lines(date!(2026 - 02 - 01));
    assert_eq!((lines.len(), lines[0].net_minor), (1, 0));
    assert_eq!(lines[0].quantity.map(|quantity| quantity.to_string()), Some("60".to_owned()));
    world.issue(date!(2026 - 02 - 01));
    assert!(world.lines(date!(2026 - 03 - 01)).is_empty(), "it is shown once");
}

#[test]
fn late_usage_is_charged_as_a_difference() {
    let mut world = World::new(vec![terms(1, vec![per_unit("0", "0.50")])], date!(2026 - 01 - 01));
    world.usage.push((date!(2026 - 01 - 05), 10));
    world.issue(date!(2026 - 02 - 01));
    world.usage.push((date!(2026 - 01 - 31), 1));
    world.usage.push((date!(2026 - 02 - 01), 4));
    let lines = world.lines(date!(2026 - 03 - 01));
    let shown: Vec<_> = lines.iter().map(|line| (line.net_minor, line.due_minor, line.billed_minor)).collect();
    assert_eq!(shown, [(50, Some(550), Some(500)), (200, Some(200), Some(0))]);
}

#[test]
fn a_void_invoice_is_made_again_with_the_same_lines_but_for_late_usage() {
    let terms = vec![terms(1, vec![fee(2_000, Timing::Advance), per_unit("0", "0.50")])];
    let mut world = World::new(terms, date!(2026 - 01 - 01));
    world.issue(date!(2026 - 01 - 01));
    world.usage.push((date!(2026 - 01 - 05), 10));
    world.issue(date!(2026 - 02 - 01));
    let before = world.documents[1].lines.clone();
    world.documents[1].is_void = true;
    assert_eq!(world.lines(date!(2026 - 02 - 01)), before);
    world.usage.push((date!(2026 - 01 - 06), 1));
    let after = world.lines(date!(2026 - 02 - 01));
    let differ: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
    assert_eq!((after.len(), differ.len()), (before.len(), 1));
    assert_eq!(differ[0].1.net_minor - differ[0].0.net_minor, 50);
}

#[test]
fn a_negative_difference_is_taken_as_far_as_the_invoice_is_not_negative() {
    let mut world = World::new(vec![terms(1, vec![per_unit("0", "1")])], date!(2026 - 01 - 01));
    world.usage.push((date!(2026 - 01 - 05), 10));
    world.issue(date!(2026 - 02 - 01));
    world.usage.push((date!(2026 - 01 - 05), -8));
    world.usage.push((date!(2026 - 02 - 05), 5));
    assert_eq!(world.amounts(date!(2026 - 03 - 01)), [-500, 500]);
    world.issue(date!(2026 - 03 - 01));
    world.usage.push((date!(2026 - 03 - 05), 7));
    assert_eq!(world.amounts(date!(2026 - 04 - 01)), [-300, 700], "the rest");
}

#[test]
fn an_upgrade_after_a_fee_in_advance_is_charged_by_difference() {
    let terms = vec![terms(1, vec![fee(2_000, Timing::Advance)]), terms(2, vec![fee(5_000, Timing::Advance)])];
    let mut world = World::new(terms, date!(2026 - 04 - 01));
    world.issue(date!(2026 - 04 - 01));
    assert_eq!(world.documents[0].lines[0].net_minor, 2_000);
    world.schedule = world.schedule.with_plan(date!(2026 - 04 - 11), &version(2)).unwrap();
    assert_eq!(world.amounts(date!(2026 - 05 - 01)), [-1_333, 3_333, 5_000]);
}

#[test]
fn what_a_phase_charged_is_returned_when_the_phase_is_removed() {
    let terms = vec![terms(1, vec![fee(3_000, Timing::Arrears)]), terms(2, vec![fee(6_000, Timing::Arrears)])];
    let mut world = World::new(terms, date!(2026 - 04 - 01));
    let before = world.schedule.clone();
    world.schedule = before.with_plan(date!(2026 - 04 - 16), &version(2)).unwrap();
    world.issue(date!(2026 - 05 - 01));
    world.schedule = before;
    assert_eq!(world.amounts(date!(2026 - 06 - 01)), [1_500, 3_000, -3_000]);
}

#[test]
fn periods_that_ended_before_the_first_invoice_are_not_charged() {
    let terms = vec![terms(1, vec![fee(2_000, Timing::Advance), per_unit("0", "1")])];
    let mut world = World::new(terms, date!(2025 - 01 - 01));
    world.usage.push((date!(2026 - 03 - 31), 5));
    world.bills_from = date!(2026 - 04 - 01);
    assert_eq!(
        Cut::days(&world.schedule, world.bills_from, date!(2026 - 05 - 31)),
        [date!(2026 - 04 - 01), date!(2026 - 05 - 01)]
    );
    assert_eq!(world.amounts(date!(2026 - 04 - 01)), [2_000], "the fee in advance only");
    assert_eq!(world.cut(date!(2026 - 04 - 01)).period(), None);
}

#[test]
fn an_old_day_can_be_invoiced_after_later_ones() {
    let mut world = World::new(vec![terms(1, vec![per_unit("0", "1")])], date!(2026 - 01 - 01));
    world.usage.extend([(date!(2026 - 01 - 05), 10), (date!(2026 - 02 - 05), 20)]);
    world.issue(date!(2026 - 02 - 01));
    world.issue(date!(2026 - 03 - 01));
    world.documents[0].is_void = true;
    assert_eq!(world.amounts(date!(2026 - 02 - 01)), [1_000]);
}

/// What happens to a customer. Days count from the first day of the subscription.
#[derive(Debug, Clone)]
enum Happening {
    /// Usage, or an adjustment, of a day.
    Usage(i64, i64),
    /// A change of the plan from a day on.
    Plan(i64, i32),
    /// All invoices up to a day.
    Run(i64),
    /// The invoice with this number becomes void, unless a credit note exists.
    Void(usize),
    /// A part of a line is credited, in percent.
    Credit(usize, usize, i64, bool),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => (0i64..120, -20i64..60).prop_map(|(day, quantity)| Happening::Usage(day, quantity)),
        1 => (1i64..120, 1i32..3).prop_map(|(day, version)| Happening::Plan(day, version)),
        2 => (0i64..120).prop_map(Happening::Run),
        1 => (0usize..6).prop_map(Happening::Void),
        1 => (0usize..6, 0usize..6, 1i64..=100, any::<bool>())
            .prop_map(|(document, line, part, rebill)| Happening::Credit(document, line, part, rebill)),
    ]
}

fn plans() -> Vec<Terms> {
    vec![
        terms(1, vec![fee(30_000, Timing::Advance), per_unit("10", "1.25"), fee(9_999, Timing::Arrears)]),
        terms(2, vec![fee(40_000, Timing::Advance), per_unit("0", "2"), fee(7_001, Timing::Arrears)]),
    ]
}

impl World {
    fn run(&mut self, until: Date) {
        for on in Cut::days(&self.schedule, self.bills_from, until) {
            self.issue(on);
        }
    }

    fn happens(&mut self, what: &Happening) {
        let starts_on = self.schedule.starts_on;
        let day = |number: i64| starts_on + Duration::days(number);
        match *what {
            Happening::Usage(number, quantity) => self.usage.push((day(number), quantity)),
            Happening::Plan(number, new) => {
                if let Ok(changed) = self.schedule.with_plan(day(number), &version(new)) {
                    self.schedule = changed;
                }
            }
            Happening::Run(number) => {
                let until = day(number);
                self.run(until);
            }
            Happening::Void(at) => {
                if let Some(document) = self.documents.get_mut(at).filter(|document| document.credits.is_empty()) {
                    document.is_void = true;
                }
            }
            Happening::Credit(at, line, part, rebill) => {
                let Some(document) = self.documents.get_mut(at).filter(|document| !document.is_void) else { return };
                let Some(net) = document.lines.get(line).map(|line| line.net_minor) else { return };
                let credited: i64 = document.credits.iter().filter(|c| c.0 == line).map(|c| c.1).sum();
                let minor = (net - credited) * part / 100;
                if minor > 0 {
                    document.credits.push((line, minor, rebill));
                }
            }
        }
    }
}

proptest! {
    /// Whatever happens in whatever order, all invoices together charge what the periods cost: nothing is charged twice
    /// or forgotten, and no invoice is negative ([`World::issue`]).
    #[test]
    fn all_invoices_together_charge_what_is_due(
        happenings in prop::collection::vec(happening(), 1..40),
    ) {
        let mut world = World::new(plans(), date!(2026 - 01 - 31));
        for happening in &happenings {
            world.happens(happening);
        }
        // Later invoices take what is left of negative differences.
        world.run(date!(2026 - 12 - 31));
        let last = *Cut::days(&world.schedule, world.bills_from, date!(2026 - 12 - 31)).last().unwrap();
        let (due, billed) = (world.due(last), world.billed());
        for owed in &due {
            let charged = billed.iter().find(|billed| is_same(&billed.slot, &owed.slot)).map_or(0, |billed| billed.minor);
            prop_assert_eq!(charged, owed.minor, "{:?}", owed.slot);
        }
        for billed in billed.iter().filter(|billed| !due.iter().any(|owed| is_same(&owed.slot, &billed.slot))) {
            prop_assert_eq!(billed.minor, 0, "{:?}", billed.slot);
        }
        // A run changes nothing.
        let before = world.documents.len();
        world.run(date!(2026 - 12 - 31));
        prop_assert_eq!(world.documents.len(), before);
    }

    /// The preview of the next invoice is the invoice, if each invoice was issued on its day.
    #[test]
    fn the_preview_of_an_invoice_is_the_invoice(
        usage in prop::collection::vec((0i64..120, 0i64..60), 0..20),
        changes in prop::collection::vec((1i64..120, 1i32..3), 0..4),
    ) {
        let starts_on = date!(2026 - 01 - 31);
        let mut world = World::new(plans(), starts_on);
        world.usage = usage.iter().map(|(day, quantity)| (starts_on + Duration::days(*day), *quantity)).collect();
        let mut changes: Vec<_> = changes.iter().map(|(day, new)| (starts_on + Duration::days(*day), *new)).collect();
        changes.sort_unstable();
        world.issue(starts_on);
        for on in Cut::days(&world.schedule, starts_on, date!(2026 - 06 - 30)).into_iter().skip(1) {
            // Changes are made on the day on which they take effect.
            for (day, new) in changes.iter().filter(|(day, _)| *day <= on) {
                if let Ok(changed) = world.schedule.with_plan(*day, &version(*new)) {
                    world.schedule = changed;
                }
            }
            changes.retain(|(day, _)| *day > on);
            let cut = world.cut(on);
            let used = world.used(&cut);
            let today = on.previous_day().unwrap();
            let facts = Facts { today, currency: Currency::USD, terms: &world.terms, used: &used };
            let preview = facts.bill(&world.schedule, on).unwrap();
            let mut expected: Vec<_> = preview.lines.iter().filter(|line| line.minor != 0)
                .map(|line| (line.days, line.name.clone(), line.minor)).collect();
            let mut lines: Vec<_> = world.lines(on).iter().filter(|line| line.net_minor != 0)
                .map(|line| (line.service.unwrap(), line.name.clone(), line.net_minor)).collect();
            let order = |(days, name, minor): &(Period, String, i64)| (days.from, days.until, name.clone(), *minor);
            expected.sort_by_key(order);
            lines.sort_by_key(order);
            prop_assert_eq!(lines, expected, "{}", on);
            world.issue(on);
        }
    }
}
