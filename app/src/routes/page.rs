//! Pages of a workspace: URL and key of each.

mod parse;
mod table;

use super::{SettingsPage, import_layout::ImportLayout, pairs, query::with_query};
use model::{
    Slug,
    id::{ContactId, CustomerId, EventKey, ImportId, InvoiceId, MeterId, ProductId, RatePlanId, SubscriptionId},
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
    /// `/invoices/{id}`.
    Invoice(InvoiceId),
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

    /// Creates an unknown page. `rest` is the requested path.
    pub(super) fn unknown(rest: &str) -> Self {
        Self::Unknown(UnknownPath(rest.trim_end_matches('/').to_owned()))
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
            Self::Invoice(id) => format!("invoices/{id}"),
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
            page => page.clone(),
        }
    }
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
    "/smartai-it/settings/general",
    "/smartai-it/settings/branding",
    "/smartai-it/settings/members",
    "/smartai-it/settings/security",
    "/smartai-it/settings/keys",
    "/smartai-it/settings/audit?kind=people&period=7d",
    "/smartai-it/settings/danger",
    "/smartai-it/nope",
    "/smartai-it/customers/new/x",
    "/smartai-it/a%20b//c",
    "/smartai-it/Ca%66%C3%A9",
];

#[cfg(test)]
mod tests;
