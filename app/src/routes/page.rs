//! Pages of a workspace: URL and properties of each.

use super::{SettingsPage, import_layout::ImportLayout, pairs, query::with_query};
use model::{
    Capability, Slug,
    capability::CapabilitySet,
    id::{ContactId, CustomerId, EventKey, ImportId, InvoiceId, MeterId, ProductId, RatePlanId, SubscriptionId},
    invoice::CreditInput,
    list::{ListQuery, Noun},
    subscription::{ChangeInput, NewSubscriptionInput},
    usage::{EventQuery, UsageQuery},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Page under `/{slug}/`. Serialized as its path and query below the slug, and parsed like a URL when deserialized.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Page {
    /// `/overview`, and `/{slug}` itself.
    Overview,
    /// `/products`, `/customers`, ...
    List(ListQuery),
    /// `/products/{id}`.
    Product(ProductId),
    /// `/products/new`.
    NewProduct,
    /// `/products/{id}/edit`.
    EditProduct(ProductId),
    /// `/products/{id}/meters/new`.
    NewMeter(ProductId),
    /// `/products/{id}/meters/{meter}/edit`.
    EditMeter(ProductId, MeterId),
    /// `/rate-plans/{id}`: the latest published version, or the draft if there is none.
    RatePlan(RatePlanId),
    /// `/rate-plans/{id}/versions/{n}`.
    RatePlanVersion(RatePlanId, i32),
    /// One of these two, with `?quantity=…`: the price of a quantity. The version is `None` for `/rate-plans/{id}`.
    RatePlanPrice(RatePlanId, Option<i32>, String),
    /// `/rate-plans/new`.
    NewRatePlan,
    /// `/rate-plans/{id}/details`: name and code.
    EditRatePlan(RatePlanId),
    /// `/rate-plans/{id}/edit`: the draft.
    EditDraft(RatePlanId),
    /// `/rate-plans/{id}/publish`: the effect of the draft, and its publication.
    PublishDraft(RatePlanId),
    /// `/customers/{id}`.
    Customer(CustomerId),
    /// `/customers/new`.
    NewCustomer,
    /// `/customers/{id}/edit`.
    EditCustomer(CustomerId),
    /// `/usage/import`.
    Imports,
    /// `/usage/import/{id}`.
    Import(ImportId),
    /// `/usage/import/{id}/mapping`.
    ImportMapping(ImportLayout),
    /// `/customers/{id}/contacts/new`.
    NewContact(CustomerId),
    /// `/customers/{id}/contacts/{id}`.
    EditContact(CustomerId, ContactId),
    /// `/customers/{id}/subscriptions/new`, with the input to preview.
    NewSubscription(CustomerId, NewSubscriptionInput),
    /// `/customers/{id}/usage/adjust`.
    AdjustUsage(CustomerId),
    /// `/subscriptions/{id}`.
    Subscription(SubscriptionId),
    /// `/subscriptions/{id}/change`, with the change to preview.
    ChangeSubscription(SubscriptionId, ChangeInput),
    /// `/rate-plans/{id}/versions/{n}/move`: moves subscriptions to that version.
    MoveVersion(RatePlanId, i32),
    /// `/customers/new?external_id=…`, the form with an id of another system.
    NewCustomerOf(String),
    /// `/usage`.
    Usage(UsageQuery),
    /// `/usage/events`.
    Events(EventQuery),
    /// `/usage/events/{key}`.
    Event(EventKey),
    /// `/invoices/due`: what is due to be invoiced.
    DueInvoices,
    /// `/invoices/new`, with the customer to choose at first.
    NewInvoice(Option<CustomerId>),
    /// `/invoices/{id}`.
    Invoice(InvoiceId),
    /// `/invoices/{id}/credit`, with the amounts to preview.
    CreditInvoice(InvoiceId, CreditInput),
    /// `/settings/...`.
    Settings(SettingsPage),
    /// Unknown page.
    Unknown(UnknownPath),
}

/// Path of an unknown page. It is kept, so that the URL does not change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UnknownPath(String);

impl Page {
    /// Returns the first page of a section: its list in the default order, or the charts of the usage.
    pub fn list(noun: Noun) -> Self {
        match noun {
            Noun::Usage => Self::Usage(UsageQuery::default()),
            noun => Self::List(ListQuery::new(noun)),
        }
    }

    /// Returns the list of all events.
    pub fn events() -> Self {
        Self::Events(EventQuery::default())
    }

    /// Parses the path below the slug.
    pub fn parse(rest: &str, pairs: &[(String, String)]) -> Self {
        Self::known(rest, pairs).unwrap_or_else(|| Self::unknown(rest))
    }

    /// Creates an unknown page. `rest` is the requested path.
    pub(super) fn unknown(rest: &str) -> Self {
        Self::Unknown(UnknownPath(rest.trim_end_matches('/').to_owned()))
    }

    fn known(rest: &str, pairs: &[(String, String)]) -> Option<Self> {
        if let Some(page) = Self::of_customers(rest, pairs) {
            return Some(page);
        }
        let mut segments = rest.split('/');
        let parts = (segments.next().unwrap_or_default(), segments.next(), segments.next(), segments.next());
        let fifth = (segments.next(), segments.next());
        let noun = |path: &str| Noun::ALL.into_iter().find(|n| n.path() == path);
        let pairs_of = || pairs.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        fn id<T: std::str::FromStr>(text: &str, page: impl Fn(T) -> Page) -> Option<Page> {
            text.parse().ok().map(page)
        }
        Some(match parts {
            ("" | "overview", None, ..) => Self::Overview,
            ("settings", name, None, _) => Self::Settings(SettingsPage::parse(name.unwrap_or_default(), pairs)?),
            ("settings", Some(name), Some(id), None) => Self::Settings(SettingsPage::record(name, id)?),
            ("usage", None, ..) => Self::Usage(UsageQuery::from_pairs(pairs_of())),
            ("usage", Some("events"), None, _) => Self::Events(EventQuery::from_pairs(pairs_of())),
            ("usage", Some("events"), Some(key), None) => return id(key, Self::Event),
            (path, None, ..) => Self::List(ListQuery::from_pairs(noun(path)?, pairs_of())),
            ("products", Some("new"), None, _) => Self::NewProduct,
            ("customers", Some("new"), None, _) => {
                let external = pairs_of().find(|(name, value)| *name == "external_id" && !value.is_empty());
                external.map_or(Self::NewCustomer, |(_, value)| Self::NewCustomerOf(value.to_owned()))
            }
            ("rate-plans", Some("new"), None, _) => Self::NewRatePlan,
            ("products", Some(text), Some("edit"), None) => return id(text, Self::EditProduct),
            ("products", Some(text), Some("meters"), Some("new")) if fifth.0.is_none() => {
                return id(text, Self::NewMeter);
            }
            ("products", Some(text), Some("meters"), Some(meter)) if fifth == (Some("edit"), None) => {
                Self::EditMeter(text.parse().ok()?, meter.parse().ok()?)
            }
            ("rate-plans", Some(text), None, _) => {
                let plan = text.parse().ok()?;
                quantity(pairs).map_or(Self::RatePlan(plan), |quantity| Self::RatePlanPrice(plan, None, quantity))
            }
            ("rate-plans", Some(text), Some("versions"), Some(number)) if fifth.0.is_none() => {
                let (plan, version) = (text.parse().ok()?, version(number)?);
                match quantity(pairs) {
                    Some(quantity) => Self::RatePlanPrice(plan, Some(version), quantity),
                    None => Self::RatePlanVersion(plan, version),
                }
            }
            ("rate-plans", Some(text), Some("details"), None) => return id(text, Self::EditRatePlan),
            ("rate-plans", Some(text), Some("edit"), None) => return id(text, Self::EditDraft),
            ("rate-plans", Some(text), Some("publish"), None) => return id(text, Self::PublishDraft),
            ("customers", Some(text), Some("edit"), None) => return id(text, Self::EditCustomer),
            ("usage", Some("import"), None, _) => Self::Imports,
            ("usage", Some("import"), Some(text), None) => return id(text, Self::Import),
            ("usage", Some("import"), Some(text), Some("mapping")) if segments.next().is_none() => {
                return id(text, |id| Self::ImportMapping(ImportLayout::from_pairs(id, pairs)));
            }
            (path, Some(text), None, _) => {
                return match noun(path)? {
                    Noun::Products => id(text, Self::Product),
                    Noun::RatePlans => id(text, Self::RatePlan),
                    Noun::Customers => id(text, Self::Customer),
                    Noun::Usage => None,
                    Noun::Invoices => id(text, Self::Invoice),
                };
            }
            _ => return None,
        })
    }

    /// Parses the path of a page of contacts, subscriptions or invoices.
    fn of_customers(rest: &str, pairs: &[(String, String)]) -> Option<Self> {
        let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let parts: Vec<&str> = rest.split('/').collect();
        Some(match parts.as_slice() {
            ["customers", id, "contacts", "new"] => Self::NewContact(id.parse().ok()?),
            ["customers", id, "contacts", contact] => Self::EditContact(id.parse().ok()?, contact.parse().ok()?),
            ["customers", id, "subscriptions", "new"] => {
                Self::NewSubscription(id.parse().ok()?, NewSubscriptionInput::from_pairs(pairs))
            }
            ["customers", id, "usage", "adjust"] => Self::AdjustUsage(id.parse().ok()?),
            ["subscriptions", id] => Self::Subscription(id.parse().ok()?),
            ["subscriptions", id, "change"] => {
                Self::ChangeSubscription(id.parse().ok()?, ChangeInput::from_pairs(pairs))
            }
            ["invoices", "due"] => Self::DueInvoices,
            ["invoices", "new"] => {
                let mut pairs = pairs;
                Self::NewInvoice(pairs.find(|(name, _)| *name == "customer").and_then(|(_, id)| id.parse().ok()))
            }
            ["invoices", id, "credit"] => Self::CreditInvoice(id.parse().ok()?, CreditInput::from_pairs(pairs)),
            ["rate-plans", id, "versions", version, "move"] => {
                Self::MoveVersion(id.parse().ok()?, version.parse().ok().filter(|version| *version > 0)?)
            }
            _ => return None,
        })
    }

    /// Returns the page's URL in a workspace.
    pub fn url(&self, slug: &Slug) -> String {
        format!("/{slug}/{}", self.path())
    }

    /// Returns the path and query below the slug: `customers?q=x`.
    fn path(&self) -> String {
        match self {
            Self::Overview => "overview".to_owned(),
            Self::Unknown(path) => path.0.clone(),
            Self::List(query) => with_pairs(query.noun.path(), &query.pairs()),
            Self::Product(id) => format!("products/{id}"),
            Self::NewProduct => "products/new".to_owned(),
            Self::EditProduct(id) => format!("products/{id}/edit"),
            Self::NewMeter(id) => format!("products/{id}/meters/new"),
            Self::EditMeter(id, meter) => format!("products/{id}/meters/{meter}/edit"),
            Self::RatePlan(id) => format!("rate-plans/{id}"),
            Self::RatePlanVersion(id, version) => format!("rate-plans/{id}/versions/{version}"),
            Self::RatePlanPrice(id, version, quantity) => {
                with_query(&Self::of_plan(*id, *version).path(), [Some(("quantity", quantity.as_str()))])
            }
            Self::NewRatePlan => "rate-plans/new".to_owned(),
            Self::EditRatePlan(id) => format!("rate-plans/{id}/details"),
            Self::EditDraft(id) => format!("rate-plans/{id}/edit"),
            Self::PublishDraft(id) => format!("rate-plans/{id}/publish"),
            Self::Customer(id) => format!("customers/{id}"),
            Self::NewCustomer => "customers/new".to_owned(),
            Self::EditCustomer(id) => format!("customers/{id}/edit"),
            Self::Imports => "usage/import".to_owned(),
            Self::Import(id) => format!("usage/import/{id}"),
            Self::ImportMapping(layout) => with_pairs(&format!("usage/import/{}/mapping", layout.id), &layout.pairs()),
            Self::NewContact(id) => format!("customers/{id}/contacts/new"),
            Self::EditContact(id, contact) => format!("customers/{id}/contacts/{contact}"),
            Self::NewSubscription(id, input) => {
                with_pairs(&format!("customers/{id}/subscriptions/new"), &input.pairs())
            }
            Self::AdjustUsage(id) => format!("customers/{id}/usage/adjust"),
            Self::Subscription(id) => format!("subscriptions/{id}"),
            Self::ChangeSubscription(id, input) => with_pairs(&format!("subscriptions/{id}/change"), &input.pairs()),
            Self::MoveVersion(id, version) => format!("rate-plans/{id}/versions/{version}/move"),
            Self::NewCustomerOf(external) => with_pairs("customers/new", &[("external_id", external.clone())]),
            Self::Usage(query) => with_pairs("usage", &query.pairs()),
            Self::Events(query) => with_pairs("usage/events", &query.pairs()),
            Self::Event(key) => format!("usage/events/{key}"),
            Self::DueInvoices => "invoices/due".to_owned(),
            Self::NewInvoice(customer) => {
                let customer = customer.map(|id| id.to_string());
                with_query("invoices/new", [customer.as_deref().map(|id| ("customer", id))])
            }
            Self::Invoice(id) => format!("invoices/{id}"),
            Self::CreditInvoice(id, input) => {
                let pairs = input.pairs();
                let pairs = pairs.iter().map(|(name, value)| Some((name.as_str(), value.as_str())));
                with_query(&format!("invoices/{id}/credit"), pairs)
            }
            Self::Settings(page) => with_pairs(&format!("settings/{}", page.path()), &page.pairs()),
        }
    }

    /// Returns the page of a version of a rate plan, or of the plan itself.
    pub const fn of_plan(id: RatePlanId, version: Option<i32>) -> Self {
        match version {
            Some(version) => Self::RatePlanVersion(id, version),
            None => Self::RatePlan(id),
        }
    }

    /// Returns the pages that the navigation links to, in its order. All others belong to one of them.
    pub fn navigation() -> Vec<Self> {
        let lists = Noun::ALL.into_iter().map(Self::list);
        [Self::Overview].into_iter().chain(lists).collect()
    }

    /// Returns the page's row of the table.
    const fn row(&self) -> Row {
        match self {
            Self::Overview => Row { carries: true, ..Row::page("Overview", Capability::ReadAll) },
            Self::List(query) => Row::list(query.noun),
            Self::Product(_) => Row::list(Noun::Products),
            Self::NewProduct => Row { carries: true, ..Row::form("New product", Noun::Products) },
            Self::EditProduct(_) => Row::form("Edit product", Noun::Products),
            Self::NewMeter(_) => Row::form("New meter", Noun::Products),
            Self::EditMeter(..) => Row::form("Edit meter", Noun::Products),
            Self::RatePlan(_) | Self::RatePlanVersion(..) | Self::RatePlanPrice(..) => Row::list(Noun::RatePlans),
            Self::NewRatePlan => Row { carries: true, ..Row::form("New rate plan", Noun::RatePlans) },
            Self::EditRatePlan(_) => Row::form("Edit rate plan", Noun::RatePlans),
            Self::EditDraft(_) => Row::form("Edit draft", Noun::RatePlans),
            Self::PublishDraft(_) => Row::form("Publish", Noun::RatePlans),
            Self::Customer(_) => Row::list(Noun::Customers),
            Self::NewCustomer => Row { carries: true, ..Row::form("New customer", Noun::Customers) },
            Self::EditCustomer(_) => Row::form("Edit customer", Noun::Customers),
            Self::Imports => Row { carries: true, is_form: false, ..Row::form("Import usage", Noun::Usage) },
            Self::Import(_) => Row { is_form: false, ..Row::form("Import", Noun::Usage) },
            Self::ImportMapping(_) => Row::form("Columns of an import", Noun::Usage),
            Self::NewContact(_) => Row::form("New contact", Noun::Customers),
            Self::EditContact(..) => Row::form("Edit contact", Noun::Customers),
            Self::NewSubscription(..) => Row::form("New subscription", Noun::Customers),
            Self::AdjustUsage(_) => Row::form("Adjust usage", Noun::Customers),
            Self::Subscription(_) => Row::list(Noun::Customers),
            Self::ChangeSubscription(..) => Row::form("Change subscription", Noun::Customers),
            Self::MoveVersion(..) => Row::form("Move subscriptions", Noun::RatePlans),
            Self::NewCustomerOf(_) => Row::form("New customer", Noun::Customers),
            Self::Usage(_) => Row { carries: true, ..Row::list(Noun::Usage) },
            Self::Events(_) => Row { title: "Events", carries: true, ..Row::list(Noun::Usage) },
            Self::Event(_) => Row::list(Noun::Usage),
            Self::DueInvoices => {
                Row { requires: Capability::ReadAll, carries: true, ..Row::form("To bill", Noun::Invoices) }
            }
            Self::NewInvoice(_) => {
                Row { requires: Capability::ManageInvoices, ..Row::form("New invoice", Noun::Invoices) }
            }
            Self::Invoice(_) => Row::list(Noun::Invoices),
            Self::CreditInvoice(..) => {
                Row { requires: Capability::ManageInvoices, ..Row::form("Credit", Noun::Invoices) }
            }
            // Settings open for every member; a page that a role may not use shows the reason.
            Self::Settings(page) => Row::page(page.title(), Capability::ReadShared),
            // Every member may learn that the page does not exist.
            Self::Unknown(_) => Row::page("Not found", Capability::ReadShared),
        }
    }

    /// Returns the section of the page, or `None` for the overview, the settings and unknown pages.
    pub const fn noun(&self) -> Option<Noun> {
        self.row().noun
    }

    /// Returns `true` if the page is a form, whose data is never cached.
    pub const fn is_form(&self) -> bool {
        self.row().is_form
    }

    /// Returns the title of the page in the browser tab.
    pub const fn title(&self) -> &'static str {
        self.row().title
    }

    /// Returns the title with the page's record and section: `Alder & Finch · Customers`.
    pub fn title_of(&self, record: Option<&str>) -> String {
        match (record, self.noun()) {
            (Some(record), Some(noun)) if self.is_form() => format!("Edit {record} · {}", noun.title()),
            (Some(record), Some(noun)) => format!("{record} · {}", noun.title()),
            _ => self.title().to_owned(),
        }
    }

    /// Returns the name of the icon of the page's section.
    pub const fn icon(&self) -> &'static str {
        match (self.noun(), self) {
            (Some(noun), _) => noun.path(),
            (None, Self::Settings(_)) => "settings",
            (None, _) => "overview",
        }
    }

    /// Returns the capability that is required to open the page.
    pub const fn requires(&self) -> Capability {
        self.row().requires
    }

    /// Returns the page to open when a person switches from this page to a workspace where they have the capabilities
    /// `may`: the same page, else the same section, else the first page that is allowed. Input and state of the old
    /// workspace (search, position in the list, ids) are not carried over.
    #[must_use]
    pub fn in_another_workspace(&self, may: CapabilitySet) -> Self {
        let section = self.noun().map(Self::list);
        let same = match self {
            Self::Settings(page) if may.has(page.requires()) => Some(Self::Settings(page.section())),
            page if page.row().carries => Some(page.key()),
            _ => None,
        };
        let candidates = [same, section, Some(Self::Overview), Some(Self::list(Noun::Customers))];
        candidates.into_iter().flatten().find(|page| may.has(page.requires())).unwrap_or(Self::Overview)
    }

    /// Returns the page without its query. Pages with the same key are the same page on screen and keep scroll position
    /// and focus.
    pub fn key(&self) -> Self {
        match self {
            Self::List(query) => Self::list(query.noun),
            Self::Usage(_) => Self::list(Noun::Usage),
            Self::Events(_) => Self::events(),
            Self::Settings(page) => Self::Settings(page.key()),
            Self::ImportMapping(layout) => Self::ImportMapping(ImportLayout::guessed(layout.id)),
            Self::NewSubscription(id, _) => Self::NewSubscription(*id, NewSubscriptionInput::default()),
            // The kind is another form, not another state of it.
            Self::ChangeSubscription(id, input) => Self::ChangeSubscription(*id, ChangeInput::of(input.kind())),
            Self::RatePlanPrice(id, version, _) => Self::of_plan(*id, *version),
            Self::NewInvoice(_) => Self::NewInvoice(None),
            Self::CreditInvoice(id, _) => Self::CreditInvoice(*id, CreditInput::default()),
            page => page.clone(),
        }
    }
}

/// Longest quantity in a URL, in bytes. The longest quantity with a price has 25.
const QUANTITY_MAX: usize = 40;

/// Returns the quantity in a query.
fn quantity(pairs: &[(String, String)]) -> Option<String> {
    let (_, quantity) = pairs.iter().find(|(name, _)| name == "quantity")?;
    (!quantity.is_empty() && quantity.len() <= QUANTITY_MAX).then(|| quantity.clone())
}

/// Parses the number of a version: 1 or more, without leading zeros.
fn version(text: &str) -> Option<i32> {
    let number = text.parse::<i32>().ok().filter(|number| *number > 0)?;
    (text == number.to_string()).then_some(number)
}

fn with_pairs(path: &str, pairs: &[(&str, String)]) -> String {
    with_query(path, pairs.iter().map(|(name, value)| Some((*name, value.as_str()))))
}

impl Serialize for Page {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.path().serialize(to)
    }
}

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let (path, query) = text.split_once('?').unwrap_or((&text, ""));
        Ok(Self::parse(path, &pairs(query)))
    }
}

/// Row of the table of pages.
struct Row {
    title: &'static str,
    /// Section that the page belongs to.
    noun: Option<Noun>,
    /// Capability that is required to open the page.
    requires: Capability,
    is_form: bool,
    /// `true` if every workspace has the page, so that a switch keeps it.
    carries: bool,
}

impl Row {
    /// Row of a page outside of the sections.
    const fn page(title: &'static str, requires: Capability) -> Self {
        Self { title, noun: None, requires, is_form: false, carries: false }
    }

    /// Row of a section's list and of its records.
    const fn list(noun: Noun) -> Self {
        let requires = match noun {
            Noun::Products | Noun::RatePlans => Capability::ReadAll,
            Noun::Customers | Noun::Usage | Noun::Invoices => Capability::ReadShared,
        };
        Self { title: noun.title(), noun: Some(noun), requires, is_form: false, carries: false }
    }

    /// Row of a form for the records of a section.
    const fn form(title: &'static str, noun: Noun) -> Self {
        Self { title, noun: Some(noun), requires: Capability::EditContent, is_form: true, carries: false }
    }
}

/// Sample URLs of the pages: at least one for each.
#[cfg(test)]
pub(super) const SAMPLES: &[&str] = &[
    "/smartai-it/overview",
    "/smartai-it/products",
    "/smartai-it/products/new",
    "/smartai-it/products/018f4d9e-0000-7000-8000-000000000000",
    "/smartai-it/products/018f4d9e-0000-7000-8000-000000000000/edit",
    "/smartai-it/rate-plans",
    "/smartai-it/products/018f4d9e-0000-7000-8000-000000000000/meters/new",
    "/smartai-it/products/018f4d9e-0000-7000-8000-000000000000/meters/018f4d9e-0000-7000-8000-000000000001/edit",
    "/smartai-it/rate-plans/new",
    "/smartai-it/rate-plans/018f4d9e-0000-7000-8000-000000000000",
    "/smartai-it/rate-plans/018f4d9e-0000-7000-8000-000000000000?quantity=1000",
    "/smartai-it/rate-plans/018f4d9e-0000-7000-8000-000000000000/versions/2",
    "/smartai-it/rate-plans/018f4d9e-0000-7000-8000-000000000000/versions/2?quantity=0.5",
    "/smartai-it/rate-plans/018f4d9e-0000-7000-8000-000000000000/details",
    "/smartai-it/rate-plans/018f4d9e-0000-7000-8000-000000000000/edit",
    "/smartai-it/rate-plans/018f4d9e-0000-7000-8000-000000000000/publish",
    "/smartai-it/customers",
    "/smartai-it/customers?q=acme&sort=created&dir=desc",
    "/smartai-it/customers/new",
    "/smartai-it/customers/018f4d9e-0000-7000-8000-000000000000",
    "/smartai-it/customers/018f4d9e-0000-7000-8000-000000000000/edit",
    "/smartai-it/customers/018f4d9e-0000-7000-8000-000000000000/contacts/new",
    "/smartai-it/customers/018f4d9e-0000-7000-8000-000000000000/contacts/018f4d9e-0000-7000-8000-000000000001",
    "/smartai-it/customers/018f4d9e-0000-7000-8000-000000000000/subscriptions/new",
    "/smartai-it/customers/018f4d9e-0000-7000-8000-000000000000/subscriptions/new?starts_on=2026-03-17&seats=2",
    "/smartai-it/customers/018f4d9e-0000-7000-8000-000000000000/usage/adjust",
    "/smartai-it/subscriptions/018f4d9e-0000-7000-8000-000000000000",
    "/smartai-it/subscriptions/018f4d9e-0000-7000-8000-000000000000/change?kind=seats&seats=4",
    "/smartai-it/rate-plans/018f4d9e-0000-7000-8000-000000000000/versions/2/move",
    "/smartai-it/usage",
    "/smartai-it/usage/import",
    "/smartai-it/usage/import/018f4d9e-0000-7000-8000-000000000000",
    "/smartai-it/usage/import/018f4d9e-0000-7000-8000-000000000000/mapping?delimiter=semicolon&header=off&saved=Gateway",
    "/smartai-it/usage?range=7d&by=customer&compare=before",
    "/smartai-it/usage?from=2026-03-01&to=2026-03-31",
    "/smartai-it/usage/events",
    "/smartai-it/usage/events?id=ev_1&type=api.request&source=https%3A%2F%2Fapi.example",
    "/smartai-it/usage/events/018f4d9e-0000-7000-8000-000000000000",
    "/smartai-it/customers/new?external_id=acme+1",
    "/smartai-it/invoices",
    "/smartai-it/invoices/018f4d9e-0000-7000-8000-000000000000",
    "/smartai-it/invoices/due",
    "/smartai-it/invoices/new",
    "/smartai-it/invoices/new?customer=018f4d9e-0000-7000-8000-000000000000",
    "/smartai-it/invoices/018f4d9e-0000-7000-8000-000000000000/credit?amount-0=5.00&rebill=on",
    "/smartai-it/settings/invoicing",
    "/smartai-it/settings/general",
    "/smartai-it/settings/branding",
    "/smartai-it/settings/members",
    "/smartai-it/settings/security",
    "/smartai-it/settings/keys",
    "/smartai-it/settings/webhooks",
    "/smartai-it/settings/webhooks/018f4d9e-0000-7000-8000-000000000000",
    "/smartai-it/settings/audit?kind=people&period=7d",
    "/smartai-it/settings/danger",
    "/smartai-it/nope",
    "/smartai-it/customers/new/x",
    "/smartai-it/a%20b//c",
    "/smartai-it/Ca%66%C3%A9",
];

#[cfg(test)]
mod tests;
