//! People with very many workspaces, for benchmarks and for testing long lists.
//!
//! `scale-N@stile.example` has N workspaces. One in four organizations belongs to `scale-owner@stile.example`; the
//! person's seats there are direct and have all roles. The other organizations are the person's own. In picker order,
//! the first [`FILLED`] workspaces have [`CUSTOMERS`] customers each.

use super::{
    catalogue::Billing,
    content,
    outcome::{DemoError, LoadSummary},
    people::{Actor, Stage},
    prices::{self, Offer, Shape},
    subscriptions, usage,
};
use model::{
    Currency, Email, OrganizationRole, Slug, WorkspaceRole,
    capability::{EditContent, ManageMembers},
    catalog::{Lifecycle, ProductDraft},
    customer::CustomerDraft,
    id::{CustomerId, WorkspaceId},
};
use std::collections::HashMap;
use store::{
    customers,
    customers::NewCustomer,
    door::{Can, WorkspaceTx, Write},
    members, products,
    subscriptions::NewSchedule,
};
use time::{Duration, OffsetDateTime};

/// Number of workspaces with customers, and number of customers in each.
pub(super) const FILLED: usize = 50;
pub(super) const CUSTOMERS: usize = 1_000;
/// Number of workspaces created in one statement.
const BATCH: usize = 250;

// Both lists are sorted, so that the picker order is the numeric order.
const ORGANIZATION_WORDS: [&str; 20] = [
    "Atlas", "Beacon", "Cobalt", "Delta", "Ember", "Falcon", "Garnet", "Harbor", "Indigo", "Juniper", "Kestrel",
    "Lumen", "Meridian", "Nimbus", "Orchard", "Pioneer", "Quartz", "Ridge", "Summit", "Tundra",
];
const WORKSPACE_WORDS: [&str; 10] =
    ["Accounts", "Billing", "Central", "Data", "Europe", "Field", "Growth", "Health", "Impact", "Labs"];
/// The last role is used only in empty workspaces: a guest reads only what is shared with them, and the benchmarks read
/// the filled workspaces.
const ROLES: [WorkspaceRole; 6] = [
    WorkspaceRole::Admin,
    WorkspaceRole::Member,
    WorkspaceRole::BillingAdmin,
    WorkspaceRole::Viewer,
    WorkspaceRole::Owner,
    WorkspaceRole::Guest,
];
const TRADES: [&str; 10] =
    ["Bakery", "Clinics", "Foods", "Freight", "Instruments", "Media", "Outfitters", "Robotics", "Textiles", "Timber"];

/// One organization of a person.
pub(super) struct PlannedOrganization {
    /// Organization name.
    pub(super) name: String,
    /// `true` if somebody else owns it, so that seats in it are direct.
    pub(super) is_foreign: bool,
    /// Workspaces of the organization.
    pub(super) workspaces: Vec<PlannedWorkspace>,
}

/// One workspace.
pub(super) struct PlannedWorkspace {
    /// Zero-based index across all organizations.
    pub(super) index: usize,
    /// Workspace slug.
    pub(super) slug: Slug,
    /// Workspace name.
    pub(super) name: String,
}

impl PlannedWorkspace {
    /// Returns the role of the direct seat, for organizations that grant one.
    pub(super) fn role(&self) -> WorkspaceRole {
        let roles = if self.index < FILLED { ROLES.len() - 1 } else { ROLES.len() };
        ROLES[self.index % roles]
    }
}

/// Computes the organizations and workspaces of a person with `count` workspaces.
pub(super) fn layout(count: u32) -> Result<Vec<PlannedOrganization>, DemoError> {
    let total = count as usize;
    let groups = match total {
        0..=10 => 3,
        11..=100 => 6,
        101..=1_000 => 12,
        _ => ORGANIZATION_WORDS.len(),
    };
    let groups = groups.min(total);
    let digits = count.to_string().len();
    let mut all = Vec::with_capacity(groups);
    for (k, word) in ORGANIZATION_WORDS.into_iter().enumerate().take(groups) {
        let (start, end) = (k * total / groups, (k + 1) * total / groups);
        let mut workspaces = Vec::with_capacity(end - start);
        for index in start..end {
            let second = WORKSPACE_WORDS[(index - start) * WORKSPACE_WORDS.len() / (end - start)];
            let number = index + 1;
            let text = format!("{word}-{second}-{count}-{number:0digits$}").to_lowercase();
            let slug = Slug::parse(&text).map_err(|_| DemoError::Example(text))?;
            workspaces.push(PlannedWorkspace { index, slug, name: format!("{word} {second} {number:0digits$}") });
        }
        all.push(PlannedOrganization { name: format!("{word} Group {count}"), is_foreign: k % 4 == 1, workspaces });
    }
    Ok(all)
}

/// Creates the missing data for each of `counts`.
pub(super) async fn build(stage: &mut Stage<'_>, counts: &[u32]) -> Result<LoadSummary, DemoError> {
    let mut made = LoadSummary::default();
    let landlord = stage.know("scale-owner@stile.example", "Scale Owner").await?;
    made.people += usize::from(landlord.is_some_and(|known| known.is_new));
    let landlord = stage.enter("scale-owner@stile.example", landlord).await?;
    for count in counts {
        let email = format!("scale-{count}@stile.example");
        let person = stage.know(&email, &format!("Scale {count}")).await?;
        made.people += usize::from(person.is_some_and(|known| known.is_new));
        let person = stage.enter(&email, person).await?;
        made += build_person(stage, &landlord, &person, *count).await?;
        tracing::info!(workspaces = count, "scale data are there");
    }
    Ok(made)
}

async fn build_person(
    stage: &Stage<'_>,
    landlord: &Actor,
    person: &Actor,
    count: u32,
) -> Result<LoadSummary, DemoError> {
    let mut made = LoadSummary::default();
    let (own, let_out) = (person.picker().await?, landlord.picker().await?);
    let seats: HashMap<&str, Option<WorkspaceRole>> =
        own.rows().map(|(_, row)| (row.slug.as_str(), row.seat.direct())).collect();
    let now = stage.store().now().await?;
    for group in layout(count)? {
        let (host, picker) = if group.is_foreign { (landlord, &let_out) } else { (person, &own) };
        let known =
            picker.organizations.iter().find(|o| o.name == group.name && o.role == Some(OrganizationRole::Owner));
        let organization = match known {
            Some(organization) => organization.id,
            None => {
                made.organizations += 1;
                host.found(&group.name).await?
            }
        };
        let mut ids: HashMap<Slug, WorkspaceId> =
            known.iter().flat_map(|o| &o.workspaces).map(|w| (w.slug.clone(), w.id)).collect();
        let missing: Vec<&PlannedWorkspace> =
            group.workspaces.iter().filter(|plot| !ids.contains_key(&plot.slug)).collect();
        for batch in missing.chunks(BATCH) {
            let named: Vec<_> = batch.iter().map(|plot| (plot.slug.clone(), plot.name.clone())).collect();
            let created = host.create(organization, &named).await?;
            made.workspaces += created.len();
            ids.extend(named.into_iter().map(|(slug, _)| slug).zip(created));
        }
        for plot in &group.workspaces {
            let Some(&id) = ids.get(&plot.slug) else { continue };
            let held = seats.get(plot.slug.as_str()).copied().flatten();
            if group.is_foreign && held != Some(plot.role()) {
                let mut tx = host.write(&plot.slug, id).await?;
                let can = tx.can::<ManageMembers>()?;
                members::grant(&mut tx, &can, person.user, plot.role()).await?;
                tx.commit().await?;
                made.roles += 1;
            }
            if plot.index < FILLED {
                let mut tx = host.write(&plot.slug, id).await?;
                made += fill(&mut tx, count, plot.index, now).await?;
                tx.commit().await?;
            }
        }
    }
    Ok(made)
}

/// Creates three products with a meter and two rate plans each, and the customers, in a single transaction.
async fn fill(
    tx: &mut WorkspaceTx<Write>,
    count: u32,
    index: usize,
    now: OffsetDateTime,
) -> Result<LoadSummary, DemoError> {
    if !content::is_empty(tx).await? {
        return Ok(LoadSummary::default());
    }
    let can = tx.can::<EditContent>()?;
    let (mut plans, mut products) = (Vec::new(), Vec::new());
    for (name, code, unit, shape) in [
        ("Compute", "compute", "hour", Shape::Graduated),
        ("Storage", "storage", "GB", Shape::Volume),
        ("Support", "support", "case", Shape::Package),
    ] {
        let draft = ProductDraft { name: content::line(name)?, code: code.to_owned(), description: String::new() };
        let product = products::create(tx, &can, &draft).await?;
        products.push(product);
        let meter = prices::write_meter(tx, &can, product, &prices::meter(name, code, unit)).await?;
        for (plan, minor, billing, shape) in
            [("Monthly", 4_900, Billing::Month, Shape::Plain), ("Pay as you go", 20, Billing::Usage, shape)]
        {
            let name = format!("{name} {plan}");
            let offer = Offer { name: &name, minor, billing, shape, currency: Currency::USD };
            plans.push(prices::write_plan(tx, &can, offer, product, meter).await?);
        }
    }
    let mut all = Vec::with_capacity(CUSTOMERS);
    for number in 0..CUSTOMERS {
        let (name, address) = customer(count, index, number);
        let email = Email::parse(&address).map_err(|_| DemoError::Example(address))?;
        all.push(NewCustomer {
            draft: CustomerDraft {
                name: content::line(&name)?,
                email,
                country: "US".to_owned(),
                legal_name: String::new(),
                address: String::new(),
                tax_id: String::new(),
                external_id: None,
                note: String::new(),
                tax_rate: None,
                payment_days: None,
            },
            status: Lifecycle::Active,
            created_at: i64::try_from(number).ok().map(|n| now - Duration::hours(7 * n + 1)),
        });
    }
    let ids = customers::import(tx, &can, &all).await?;
    let subscriptions = subscribe(tx, &can, &ids).await?;
    // One use per customer, on the last 30 days.
    let uses: Vec<usage::Use> = ids
        .iter()
        .zip(products.iter().cycle())
        .zip(0..)
        .map(|((customer, product), number): (_, i64)| usage::Use {
            customer: *customer,
            product: *product,
            quantity: 1 + number % 90,
            at: now - Duration::minutes(43 * (number + 1)),
        })
        .collect();
    let usage = usage::write(tx, &uses).await?;
    let (products, customers) = (products.len(), all.len());
    let rate_plans = plans.len();
    Ok(LoadSummary { products, rate_plans, customers, subscriptions, usage, ..LoadSummary::default() })
}

/// Starts a subscription this month for one in four of the customers.
async fn subscribe(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    customers: &[CustomerId],
) -> Result<usize, DemoError> {
    let today = tx.today();
    let starts_on = today.replace_day(1).unwrap_or(today);
    let plans = store::subscriptions::offered(tx).await?;
    let new = |(number, customer): (usize, &CustomerId)| {
        let plan = plans.get(number % plans.len().max(1))?;
        let schedule = subscriptions::started(number, plan, starts_on);
        Some(NewSchedule { customer: *customer, external_id: None, currency: plan.currency, schedule })
    };
    let all: Vec<NewSchedule> = customers.iter().step_by(4).enumerate().filter_map(new).collect();
    Ok(store::subscriptions::import(tx, can, &all).await?.len())
}

/// Returns a customer's name and email address. Both contain the workspace's number, so that they differ between
/// workspaces.
pub(super) fn customer(count: u32, index: usize, number: usize) -> (String, String) {
    let word = ORGANIZATION_WORDS[(number * 7 + index) % ORGANIZATION_WORDS.len()];
    let trade = TRADES[(number / ORGANIZATION_WORDS.len() + index) % TRADES.len()];
    let place = format!("{count}-{}-{:04}", index + 1, number + 1);
    (format!("{word} {trade} {place}"), format!("billing@{word}-{trade}-{place}.example").to_lowercase())
}
