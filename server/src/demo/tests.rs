//! Tests that the demo data has the documented people, seats and figures, regardless of the day it is loaded on.

use super::{
    LoadSummary, MOST,
    catalogue::{ALL, Billing},
    history, scale, subscriptions, world,
};
use model::{
    Capability, OrganizationRole, Seat, Slug, WorkspaceRole, catalog::ProductInput, customer::CustomerInput,
    invoice::InvoiceStatus,
};
use std::collections::BTreeSet;
use time::{Duration, OffsetDateTime, macros::datetime};

const NOW: OffsetDateTime = datetime!(2026-03-12 14:05 UTC);

/// Edge cases: a leap day, the turn of a year, midnight, and every day of a week.
fn days() -> impl Iterator<Item = OffsetDateTime> {
    let odd = [datetime!(2028-02-29 23:59:59 UTC), datetime!(2027-01-01 0:00 UTC), datetime!(2026-12-31 12:00 UTC)];
    odd.into_iter().chain((0..7).map(|day| NOW + Duration::days(day)))
}

#[test]
fn every_catalogue_is_valid_form_input() {
    for catalogue in ALL {
        assert!(Slug::parse(catalogue.slug).is_ok(), "{}", catalogue.slug);
        assert!((5..=9).contains(&catalogue.products.len()), "{} products", catalogue.products.len());
        assert!((40..=70).contains(&catalogue.customers.len()), "{} customers", catalogue.customers.len());
        for product in catalogue.products {
            let input = ProductInput {
                name: product.name.into(),
                code: product.code.into(),
                description: product.description.into(),
            };
            let draft = input.parse().unwrap_or_else(|errors| panic!("{}: {errors:?}", product.name));
            assert_eq!((draft.name.as_str(), draft.code), (product.name, input.code), "stored as written");
            assert!(!product.description.is_empty() && (2..=3).contains(&product.plans.len()), "{}", product.name);
            assert!(product.quantity.0 >= 1 && product.quantity.0 < product.quantity.1, "{}", product.name);
        }
        for billing in [Billing::Month, Billing::Year, Billing::Usage] {
            assert!(catalogue.plans().any(|(_, plan)| plan.2 == billing), "{} lacks {billing:?}", catalogue.name);
        }
        let past = history::customers(&catalogue, NOW).expect("customers");
        for (index, ((name, country), past)) in catalogue.customers.iter().zip(past).enumerate() {
            let billing = subscriptions::billing(&catalogue, index, name, country);
            let input = CustomerInput {
                name: (*name).into(),
                email: past.email.to_string(),
                country: (*country).into(),
                legal_name: billing.legal_name,
                address: billing.address,
                tax_id: billing.tax_id,
                external_id: billing.external_id.unwrap_or_default(),
                note: past.note.into(),
                ..CustomerInput::default()
            };
            let draft = input.parse().unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
            assert_eq!((draft.name.as_str(), draft.country.as_str()), (*name, *country), "stored as written");
            assert!(past.email.domain().ends_with(".example"), "{}", past.email);
        }
    }
}

#[test]
fn no_two_workspaces_share_a_customer_or_a_product() {
    fn distinct(what: &str, all: impl Iterator<Item = String>) {
        let mut seen = BTreeSet::new();
        for word in all {
            assert!(seen.insert(word.to_lowercase()), "{what} {word:?} twice");
        }
    }
    let customers = || ALL.into_iter().flat_map(|catalogue| catalogue.customers).map(|(name, _)| *name);
    distinct("customer", customers().map(str::to_owned));
    distinct("domain", customers().map(history::domain));
    let products = || ALL.into_iter().flat_map(|catalogue| catalogue.products);
    distinct("product", products().map(|product| product.name.to_owned()));
    distinct("code", products().map(|product| product.code.to_owned()));
    distinct("rate plan", products().flat_map(|product| product.plans).map(|plan| plan.0.to_owned()));
}

#[test]
fn catalogues_have_long_and_accented_names() {
    for catalogue in ALL {
        let names = || catalogue.customers.iter().map(|(name, _)| *name);
        assert_eq!(names().filter(|name| name.chars().count() == 60).count(), 2, "{}", catalogue.name);
        assert!(names().filter(|name| !name.is_ascii()).count() >= 3, "{}", catalogue.name);
        for name in names() {
            let domain = history::domain(name);
            assert!(domain.len() >= 5 && domain.is_ascii() && !domain.ends_with('-'), "{name}: {domain}");
        }
    }
    assert_eq!(history::domain("Jardin d'Émile"), "jardin-demile");
    assert_eq!(history::domain("Alder & Finch Logistics"), "alder-finch-logistics");
}

#[test]
fn generated_history_has_the_promised_size_on_any_day() {
    for (catalogue, now) in ALL.iter().flat_map(|catalogue| days().map(move |now| (catalogue, now))) {
        let customers = history::customers(catalogue, now).expect("customers");
        let count = customers.len();
        let of = |test: &dyn Fn(&history::PastCustomer) -> bool| customers.iter().filter(|c| test(c)).count();
        assert!(of(&|c| c.plan.is_some()) * 100 / count >= 75, "most are on a rate plan");
        assert!((3..=5).contains(&of(&|c| c.archived)), "a few are archived");
        let age = |c: &history::PastCustomer| (now.date() - c.since.date()).whole_days();
        assert!(of(&|c| (0..30).contains(&age(c))) > of(&|c| (30..60).contains(&age(c))), "growth");
        assert!(of(&|c| c.since > now) == 0, "nobody came tomorrow");

        let usage = history::usage(catalogue, &customers, now);
        assert!((600..=900).contains(&usage.len()), "{} records in {}", usage.len(), catalogue.name);
        assert!(usage.iter().all(|u| u.quantity >= 1 && u.at <= now), "in the past");
        assert!(usage.iter().all(|u| customers[u.customer].since < u.at), "customers before they use");
        let first = now.date() - Duration::days(history::USAGE_DAYS - 1);
        assert!(usage.iter().all(|u| u.at.date() >= first), "60 days");
        let recent = usage.iter().filter(|u| u.at.date() > now.date() - Duration::days(30)).count();
        assert!(recent > usage.len() - recent, "growth");
        let used: BTreeSet<usize> = usage.iter().map(|u| u.product).collect();
        assert_eq!(used.len(), catalogue.products.len(), "all products are used");
    }
}

#[test]
fn generated_invoices_are_mostly_paid_and_numbered_in_order_on_any_day() {
    for (catalogue, now) in ALL.iter().flat_map(|catalogue| days().map(move |now| (catalogue, now))) {
        let customers = history::customers(catalogue, now).expect("customers");
        let invoices = history::invoices(catalogue, &customers, now);
        let today = now.date();
        let count = |status| invoices.iter().filter(|i| i.status == status).count();
        let overdue = invoices.iter().filter(|i| i.status == InvoiceStatus::Open && i.due_on < today).count();
        assert!((80..=250).contains(&invoices.len()), "{}", invoices.len());
        assert!(count(InvoiceStatus::Paid) * 100 / invoices.len() >= 65, "mostly paid");
        assert!((5..=60).contains(&count(InvoiceStatus::Open)), "{} open", count(InvoiceStatus::Open));
        assert_eq!((count(InvoiceStatus::Draft), count(InvoiceStatus::Void), overdue), (3, 1, 4));
        assert!(invoices.is_sorted_by_key(|i| i.issued_on), "numbers follow the days");
        for invoice in &invoices {
            let age = (today - invoice.issued_on).whole_days();
            assert!((0..history::INVOICE_DAYS).contains(&age) && invoice.due_on > invoice.issued_on, "{invoice:?}");
            assert!((100..100_000_000).contains(&invoice.minor), "{invoice:?}");
        }
    }
}

#[test]
fn generated_data_is_deterministic_except_for_dates() {
    for catalogue in ALL {
        let customers = history::customers(&catalogue, NOW).expect("customers");
        assert_eq!(history::customers(&catalogue, NOW).ok().as_ref(), Some(&customers));
        assert_eq!(history::usage(&catalogue, &customers, NOW), history::usage(&catalogue, &customers, NOW));
        let invoices = history::invoices(&catalogue, &customers, NOW);
        assert_eq!(history::invoices(&catalogue, &customers, NOW), invoices);

        let week = NOW + Duration::days(7);
        let later = history::customers(&catalogue, week).expect("customers");
        let shifted: Vec<_> = later.iter().map(|c| (&c.email, c.plan, c.since - Duration::days(7))).collect();
        assert_eq!(shifted, customers.iter().map(|c| (&c.email, c.plan, c.since)).collect::<Vec<_>>());
        let totals = |all: &[history::PastInvoice]| all.iter().map(|i| (i.minor, i.status)).collect::<Vec<_>>();
        assert_eq!(totals(&history::invoices(&catalogue, &later, week)), totals(&invoices));
    }
}

/// Returns the slugs and roles that a demo user sees in the picker, in its order.
fn seats(person: usize) -> Vec<(&'static str, WorkspaceRole)> {
    let mut all = Vec::new();
    for organization in world::ORGANIZATIONS {
        let role = match organization.owner == person {
            true => Some(OrganizationRole::Owner),
            false => organization.members.iter().find(|(member, _)| *member == person).map(|(_, role)| *role),
        };
        for (catalogue, direct) in organization.workspaces {
            let direct = direct.iter().find(|(member, _)| *member == person).map(|(_, role)| *role);
            all.extend(Seat::resolve(direct, role).map(|seat| (catalogue.slug, seat.role())));
        }
    }
    all
}

#[test]
fn demo_people_have_the_documented_seats() {
    let [it, eng, finance] = ["smartai-it", "smartai-product-eng", "globalai-finance"];
    use WorkspaceRole::{Admin, BillingAdmin, Member, Owner, Viewer};
    let expected: [(&str, &[(&str, WorkspaceRole)]); 5] = [
        ("ada@smartai.example", &[(it, Owner), (eng, Admin), (finance, BillingAdmin)]),
        ("olu@smartai.example", &[(it, Owner), (eng, Owner)]),
        ("ben@globalai.example", &[(finance, Owner)]),
        ("mia@smartai.example", &[(eng, Member)]),
        ("vik@smartai.example", &[(it, Viewer)]),
    ];
    for (person, (email, rows)) in expected.into_iter().enumerate() {
        assert_eq!(world::PEOPLE[person].0, email);
        assert_eq!(seats(person), rows, "{email}");
    }
    for organization in world::ORGANIZATIONS {
        let owner = Seat::resolve(None, Some(OrganizationRole::Owner)).map(Seat::capabilities);
        assert!(owner.is_some_and(|can| can.has(Capability::EditContent)), "{} can fill it", organization.name);
    }
}

#[test]
fn scale_creates_the_requested_workspaces_in_picker_order() {
    let mut slugs = BTreeSet::new();
    for (count, groups) in [(1, 1), (2, 2), (10, 3), (100, 6), (1_000, 12), (10_000, 20), (MOST, 20)] {
        let layout = scale::layout(count).expect("slugs parse");
        assert_eq!(layout.len(), groups);
        let plots: Vec<_> = layout.iter().flat_map(|group| &group.workspaces).collect();
        assert_eq!(plots.len(), count as usize);
        assert!(plots.iter().enumerate().all(|(i, plot)| plot.index == i), "numbered through");
        for plot in &plots {
            assert!(slugs.insert(plot.slug.clone()), "{} twice", plot.slug);
            assert!(plot.index >= scale::FILLED || plot.role() != WorkspaceRole::Guest, "{}", plot.slug);
        }
        assert!(layout.is_sorted_by_key(|group| group.name.to_lowercase()), "organizations by name");
        for group in &layout {
            assert!(group.workspaces.is_sorted_by_key(|plot| plot.name.to_lowercase()), "workspaces by name");
        }
        if count >= 10 {
            let direct: Vec<_> = layout.iter().filter(|g| g.is_foreign).flat_map(|g| &g.workspaces).collect();
            assert!(!direct.is_empty() && direct.len() < plots.len() / 2 + 1, "some seats are direct");
            let roles: BTreeSet<&str> = direct.iter().map(|plot| plot.role().as_str()).collect();
            assert!(roles.len() >= 3, "{roles:?}");
        }
    }
}

#[test]
fn scale_customer_names_are_unique_across_workspaces() {
    let mut seen = BTreeSet::new();
    for (count, index) in [(10, 0), (10, 1), (10, 9), (100, 0), (1_000, 1)] {
        for number in 0..scale::CUSTOMERS {
            let (name, address) = scale::customer(count, index, number);
            assert!(model::Email::parse(&address).is_ok(), "{address}");
            assert!(name.len() <= 120 && seen.insert(name.to_lowercase()), "{name}");
        }
    }
}

#[test]
fn the_summary_is_a_sentence() {
    assert_eq!(LoadSummary::default().to_string(), "Nothing to make: it is all there.");
    let some = LoadSummary { people: 1, customers: 2, ..LoadSummary::default() };
    assert_eq!(some.to_string(), "Made 1 person and 2 customers.");
    assert_eq!(LoadSummary { workspaces: 3, ..some }.to_string(), "Made 1 person, 3 workspaces and 2 customers.");
}
