//! Subscriptions, billing details and contacts of the example customers.

use super::{catalogue::Catalogue, history::PastCustomer, outcome::DemoError};
use model::{
    Email, Line,
    capability::EditContent,
    contact::ContactDraft,
    id::{CustomerId, RatePlanId},
    subscription::{OfferedPlan, Phase, PlanVersion, Schedule},
};
use store::{
    contacts::{self, NewContact},
    door::{Can, WorkspaceTx, Write},
    subscriptions::{self, NewSchedule},
};
use time::{Date, Duration};

/// Days since the last activity of an archived customer, whose subscription ended then.
const SILENT: Duration = Duration::days(45);

/// People who are contacts of customers.
const PEOPLE: [&str; 8] = [
    "Noor Haddad", "Tomás Rivera", "Ingrid Solberg", "Kwame Mensah", "Yuki Tanaka", "Lena Fischer", "Paulo Costa",
    "Aoife Byrne",
];

/// Street, postal code and city in a country, and the suffix of company names there.
const PLACES: &[(&str, &str, &str, &str)] = &[
    ("DE", "Kastanienallee", "10435 Berlin", "GmbH"),
    ("FR", "Rue des Lilas", "75011 Paris", "SAS"),
    ("NL", "Prinsengracht", "1016 GX Amsterdam", "B.V."),
    ("GB", "Mill Lane", "London NW6 1NF", "Ltd"),
    ("IE", "Mill Street", "Dublin D08 X2K7", "Ltd"),
    ("ES", "Calle de Alcalá", "28014 Madrid", "S.L."),
    ("IT", "Via Garibaldi", "20121 Milano", "S.r.l."),
    ("CH", "Seestrasse", "8002 Zürich", "AG"),
    ("AT", "Mariahilfer Straße", "1060 Wien", "GmbH"),
    ("US", "Market Street", "San Francisco, CA 94103", "Inc."),
];

/// Billing details of a customer.
pub(super) struct Billing {
    /// Name on invoices.
    pub(super) legal_name: String,
    /// Postal address.
    pub(super) address: String,
    /// Tax id, possibly empty.
    pub(super) tax_id: String,
    /// ID in the workspace's own system.
    pub(super) external_id: Option<String>,
}

/// Returns the billing details of the customer with an index in the catalogue.
pub(super) fn billing(catalogue: &Catalogue, index: usize, name: &str, country: &str) -> Billing {
    let place = PLACES.iter().find(|(code, ..)| *code == country);
    let (street, city, suffix) = place.map_or(("Main Street", "Central District", "Ltd"), |(_, s, c, x)| (*s, *c, *x));
    let is_taxed = place.is_some() && country != "US" && index % 3 != 1;
    Billing {
        legal_name: format!("{name} {suffix}"),
        address: format!("{street} {}\n{city}", 3 + index * 7 % 180),
        tax_id: if is_taxed { format!("{country}{}", 100_000_000 + index * 7_919) } else { String::new() },
        external_id: (index % 4 != 3).then(|| format!("{}-{}", catalogue.prefix.to_lowercase(), 1_001 + index)),
    }
}

/// Stores the contacts of the customers: most have one for invoices, some also a person.
pub(super) async fn write_contacts(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    customers: &[CustomerId],
    past: &[PastCustomer],
) -> Result<(), DemoError> {
    let wrong = |text: &str| DemoError::Example(text.to_owned());
    let line = |text: &str| Line::parse("a name", text, 120).map_err(|_| wrong(text));
    let mut all = Vec::new();
    for (index, (customer, past)) in customers.iter().zip(past).enumerate() {
        if index % 5 != 4 {
            let draft =
                ContactDraft { name: line("Accounts payable")?, email: past.email.clone(), gets_invoices: true };
            all.push(NewContact { customer: *customer, draft });
        }
        if index.is_multiple_of(3) {
            let name = PEOPLE.get(index / 3 % PEOPLE.len()).copied().unwrap_or("Alex Doe");
            let address = format!("team@{}", past.email.domain());
            let email = Email::parse(&address).map_err(|_| wrong(&address))?;
            all.push(NewContact {
                customer: *customer,
                draft: ContactDraft { name: line(name)?, email, gets_invoices: false },
            });
        }
    }
    Ok(contacts::import(tx, can, &all).await?)
}

/// Stores the subscriptions of the customers and returns their number. Some change their plan or their seats, some end,
/// and some customers have a second subscription.
pub(super) async fn write(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    catalogue: &Catalogue,
    plans: &[RatePlanId],
    customers: &[CustomerId],
    past: &[PastCustomer],
) -> Result<usize, DemoError> {
    let today = tx.today();
    let offered = subscriptions::offered(tx).await?;
    let products: Vec<usize> = catalogue.plans().map(|(product, _)| product).collect();
    let plan = |at: usize| {
        let id = plans.get(at)?;
        offered.iter().find(|plan| plan.id == *id)
    };
    let mut all = Vec::new();
    for (index, (customer, past)) in customers.iter().zip(past).enumerate() {
        let Some((at, first)) = past.plan.and_then(|at| Some((at, plan(at)?))) else { continue };
        let starts_on = past.since.date().min(today);
        let new = |schedule: Schedule| NewSchedule {
            customer: *customer,
            external_id: None,
            currency: first.currency,
            schedule,
        };
        let schedule = started(index, first, starts_on);
        if past.archived {
            all.push(new(schedule.ending(today - SILENT).unwrap_or(schedule)));
            continue;
        }
        let other = (at + 1) % plans.len().max(1);
        let second = (at + plans.len() / 2) % plans.len().max(1);
        let has_second = index % 6 == 5 && products.get(second) != products.get(at);
        let to = plan(other).filter(|_| !has_second).map(OfferedPlan::plan_version);
        all.push(new(changed(index, schedule, to, today)));
        if let Some(second) = plan(second).filter(|_| has_second) {
            all.push(new(started(index + 1, second, starts_on)));
        }
    }
    Ok(subscriptions::import(tx, can, &all).await?.len())
}

/// Returns a subscription without changes. Some are on the first version of their plan.
pub(super) fn started(index: usize, plan: &OfferedPlan, starts_on: Date) -> Schedule {
    let version = if index.is_multiple_of(3) { 1 } else { plan.version };
    let plan = PlanVersion { version, ..plan.plan_version() };
    let seats = u32::try_from(1 + index * 5 % 12).unwrap_or(1);
    let anchor_on = if index.is_multiple_of(2) { starts_on.replace_day(1).unwrap_or(starts_on) } else { starts_on };
    let phases = vec![Phase { from_on: starts_on, plan, seats }];
    Schedule { anchor_on, starts_on, ends_on: None, phases }
}

/// Returns the subscription with a past or planned change, or an end, depending on the customer's index.
fn changed(index: usize, schedule: Schedule, to: Option<PlanVersion>, today: Date) -> Schedule {
    let next_month = schedule.period_on(today).map_or(today, |period| period.until);
    let result = match (index % 9, to) {
        (2, Some(to)) if schedule.starts_on < today - Duration::days(25) => {
            schedule.with_plan(today - Duration::days(20), &to)
        }
        (4, _) => schedule.with_seats(next_month, 15),
        (6, _) => schedule.ending(next_month + Duration::days(9)),
        (8, Some(to)) => schedule.with_plan(next_month, &to),
        _ => return schedule,
    };
    // A change that does not fit, such as one to the same plan, is left out.
    result.unwrap_or(schedule)
}
