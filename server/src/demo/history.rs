//! Generated history of a demo workspace: customers, usage and invoices.
//!
//! Pure functions. All dates are relative to `now`, so two machines generate the same history, each up to its own
//! current day.

use super::{
    catalogue::{Billing, Catalogue},
    outcome::DemoError,
    random::Random,
};
use model::{Email, invoice::InvoiceStatus};
use time::{Date, Duration, OffsetDateTime, Time, Weekday};

/// Length of the usage history in days.
pub(super) const USAGE_DAYS: i64 = 60;
/// Length of the invoice history in days.
pub(super) const INVOICE_DAYS: i64 = 120;
/// Age in days of an archived customer's last activity: no usage and no invoices after that.
const SILENT_DAYS: i64 = 45;
/// Number of draft invoices, and of invoices that are sent but overdue.
const DRAFTS: usize = 3;
const LATE: usize = 4;

/// A customer. The customers of a catalogue are in its order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PastCustomer {
    /// Billing email address.
    pub(super) email: Email,
    /// Index into the catalogue's plans.
    pub(super) plan: Option<usize>,
    /// Note on the customer.
    pub(super) note: &'static str,
    /// `true` if the customer is archived.
    pub(super) archived: bool,
    /// Time when the customer was created.
    pub(super) since: OffsetDateTime,
    age: i64,
    size: i64,
}

/// A usage record. `customer` and `product` are indexes into the catalogue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PastUsage {
    pub(super) customer: usize,
    pub(super) product: usize,
    pub(super) quantity: i64,
    pub(super) at: OffsetDateTime,
}

/// An invoice. `customer` is an index into the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PastInvoice {
    pub(super) customer: usize,
    pub(super) status: InvoiceStatus,
    pub(super) minor: i64,
    pub(super) issued_on: Date,
    pub(super) due_on: Date,
}

const NOTES: &[&str] = &[
    "Wants the purchase order number on each invoice.",
    "Renewal talks in the autumn.",
    "Pays by bank transfer, usually in the last week.",
    "Prefers to be called before noon.",
];

/// Generates the customers of a catalogue.
///
/// # Errors
/// `DemoError::Example` if a name does not yield a valid email address.
pub(super) fn customers(catalogue: &Catalogue, now: OffsetDateTime) -> Result<Vec<PastCustomer>, DemoError> {
    let mut random = Random::new(catalogue.seed);
    let count = catalogue.customers.len();
    let plans = catalogue.plans().count();
    let order = random.order(count);
    let mut customers = Vec::with_capacity(count);
    for (&(name, _), rank) in catalogue.customers.iter().zip(order) {
        let archived = rank + count / 12 >= count;
        // Derived from the rank, so that many customers are new this month, fewer joined the month before, and the rest
        // are older.
        let age = match rank * 100 / count {
            _ if archived => random.between(200, 420),
            0..14 => random.between(1, 29),
            14..23 => random.between(30, 59),
            _ => random.between(61, 420),
        };
        let local = ["billing", "accounts", "invoices", "finance"][random.index(4)];
        let address = format!("{local}@{}.example", domain(name));
        let email = Email::parse(&address).map_err(|_| DemoError::Example(address))?;
        let plan = random.early(plans);
        customers.push(PastCustomer {
            email,
            plan: random.chance(88).then_some(plan),
            note: if random.chance(20) { NOTES[random.index(NOTES.len())] } else { "" },
            archived,
            since: midnight(now, age) + Duration::seconds(random.between(8 * 3_600, 18 * 3_600)),
            age,
            size: random.between(1, 4),
        });
    }
    Ok(customers)
}

/// Generates usage records: many on weekdays, few on weekends, and more every week.
pub(super) fn usage(catalogue: &Catalogue, customers: &[PastCustomer], now: OffsetDateTime) -> Vec<PastUsage> {
    let mut random = Random::new(catalogue.seed << 8 | 1);
    let plans: Vec<usize> = catalogue.plans().map(|(product, _)| product).collect();
    // Customers early in this order use more. It is shuffled, so that they are not also the first in the alphabet.
    let order = random.order(customers.len());
    let mut usage = Vec::new();
    for age in (0..USAGE_DAYS).rev() {
        let start = midnight(now, age);
        let rhythm = match start.weekday() {
            Weekday::Saturday => 3,
            Weekday::Sunday => 2,
            Weekday::Friday => 8,
            _ => 10,
        };
        let records = rhythm * (13 * USAGE_DAYS + 8 * (USAGE_DAYS - 1 - age)) / (10 * USAGE_DAYS);
        let present = |c: &PastCustomer| c.age > age && (!c.archived || age > SILENT_DAYS);
        let active: Vec<usize> = order.iter().copied().filter(|&i| customers.get(i).is_some_and(present)).collect();
        // Today's records must not be in the future.
        let (open, close) = if age == 0 { (0, (now - start).whole_seconds()) } else { (6 * 3_600, 22 * 3_600) };
        for _ in 0..records {
            let Some(&customer) = active.get(random.early(active.len())) else { continue };
            let Some(who) = customers.get(customer) else { continue };
            let any = random.index(catalogue.products.len());
            let own = who.plan.and_then(|plan| plans.get(plan).copied());
            let product = if random.chance(75) { own.unwrap_or(any) } else { any };
            let at = start + Duration::seconds(random.between(open, close));
            let Some((low, high)) = catalogue.products.get(product).map(|p| p.quantity) else { continue };
            let quantity = (random.between(low, high) * (who.size + 2) / 4).max(1);
            usage.push(PastUsage { customer, product, quantity, at });
        }
    }
    usage
}

struct Bill {
    age: i64,
    terms: i64,
    customer: usize,
    minor: i64,
}

/// Generates invoices: monthly, or once a year on a yearly plan.
pub(super) fn invoices(catalogue: &Catalogue, customers: &[PastCustomer], now: OffsetDateTime) -> Vec<PastInvoice> {
    let mut random = Random::new(catalogue.seed << 8 | 2);
    let mut bills = bills(catalogue, customers, &mut random);
    bills.sort_by_key(|bill| (std::cmp::Reverse(bill.age), bill.customer));
    let count = bills.len();
    let void = count / 2;
    let overdue = |(i, bill): &(usize, &Bill)| *i != void && (bill.terms + 2..bill.terms + 42).contains(&bill.age);
    let overdue: Vec<usize> = bills.iter().enumerate().filter(overdue).map(|(i, _)| i).collect();
    let late: Vec<usize> = overdue.iter().copied().step_by((overdue.len() / LATE).max(1)).take(LATE).collect();
    let mut invoices = Vec::with_capacity(count);
    for (i, bill) in bills.into_iter().enumerate() {
        let issued_on = midnight(now, bill.age).date();
        let waits = random.chance(60);
        let status = if i == void {
            InvoiceStatus::Void
        } else if i + DRAFTS >= count {
            InvoiceStatus::Draft
        } else if late.contains(&i) || (bill.age < bill.terms && waits) {
            InvoiceStatus::Open
        } else {
            InvoiceStatus::Paid
        };
        invoices.push(PastInvoice {
            customer: bill.customer,
            status,
            minor: bill.minor,
            issued_on,
            due_on: issued_on + Duration::days(bill.terms),
        });
    }
    invoices
}

fn bills(catalogue: &Catalogue, customers: &[PastCustomer], random: &mut Random) -> Vec<Bill> {
    let plans: Vec<_> = catalogue.plans().collect();
    let mut bills = Vec::new();
    for (customer, who) in customers.iter().enumerate() {
        let (day, year, terms) = (random.between(0, 29), random.between(0, 359), [14, 30, 30][random.index(3)]);
        let Some(&(product, plan)) = who.plan.and_then(|plan| plans.get(plan)) else { continue };
        let Some((low, high)) = catalogue.products.get(product).map(|p| p.quantity) else { continue };
        let ages: Vec<i64> = match plan.2 {
            Billing::Year => vec![year],
            Billing::Month | Billing::Usage => (0..INVOICE_DAYS / 30).map(|month| day + 30 * month).collect(),
        };
        // A low price is per unit; a high price is charged as it is.
        let units = random.between((low + high) / 2, high) * who.size;
        for age in ages {
            let spread = random.between(90, 110) - age / 12;
            let times = match plan.2 {
                Billing::Usage => units * 6,
                Billing::Month if plan.1 < 10_000 => units,
                Billing::Year if plan.1 < 120_000 => units,
                Billing::Month | Billing::Year => who.size,
            };
            let minor = match plan.2 {
                Billing::Usage => plan.1 * (times * spread / 100).max(1),
                Billing::Month | Billing::Year => plan.1 * times,
            };
            let left = who.archived && age < SILENT_DAYS;
            if age < INVOICE_DAYS && age < who.age && !left {
                bills.push(Bill { age, terms, customer, minor });
            }
        }
    }
    bills
}

/// Returns the start of the day `days` days ago.
fn midnight(now: OffsetDateTime, days: i64) -> OffsetDateTime {
    now.replace_time(Time::MIDNIGHT) - Duration::days(days)
}

/// Derives the first label of a customer's domain: the name in lowercase ASCII, words joined by hyphens.
pub(super) fn domain(name: &str) -> String {
    let mut label = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'á' | 'à' | 'â' | 'ä' | 'å' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'î' | 'ï' => 'i',
            'ó' | 'ô' | 'ö' | 'ø' | 'ō' => 'o',
            'ú' | 'û' | 'ü' => 'u',
            'ý' => 'y',
            'ñ' => 'n',
            'ç' => 'c',
            'ß' => 's',
            '\'' => continue,
            c => c,
        };
        if plain.is_ascii_alphanumeric() {
            label.push(plain);
        } else if !label.ends_with('-') && !label.is_empty() {
            label.push('-');
        }
        if label.len() == 60 {
            break;
        }
    }
    label.trim_end_matches('-').to_owned()
}
