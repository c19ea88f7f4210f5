//! Data of pages that are rebuilt for each visit.

use model::{
    WorkspaceRole,
    api_key::ApiKey,
    audit::AuditView,
    billing::InvoiceRow,
    catalog::{ProductDetail, ProductInput, RatePlanRow},
    contact::ContactInput,
    customer::{CustomerDetail, CustomerInput},
    import::{ImportForm, ImportList, ImportView},
    members::Members,
    settings::{Contents, GeneralSettings, SecuritySettings},
    subscription::{ChangePage, MovePage, NewSubscriptionPage, SubscriptionDetail},
    usage::{EventDetail, EventPage, UsageReport},
};
use serde::{Deserialize, Serialize};

/// Data of a page that is rebuilt for each visit: a detail page, a form or a settings page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitData {
    /// Product.
    Product(Box<ProductDetail>),
    /// Rate plan.
    RatePlan(Box<RatePlanRow>),
    /// Customer.
    Customer(Box<CustomerDetail>),
    /// Charts of the usage.
    Usage(Box<UsageReport>),
    /// List of events.
    Events(Box<EventPage>),
    /// Event.
    Event(Box<EventDetail>),
    /// Invoice.
    Invoice(Box<InvoiceRow>),
    /// Form of a product.
    ProductForm(ProductInput),
    /// Form of a customer.
    CustomerForm(Box<CustomerInput>),
    /// Form of a contact.
    ContactForm {
        /// Name of the customer.
        customer: String,
        /// Values of the fields.
        input: Box<ContactInput>,
    },
    /// Imports of usage.
    Imports(Box<ImportList>),
    /// Import of usage.
    Import(Box<ImportView>),
    /// Form of an import's columns.
    ImportForm(Box<ImportForm>),
    /// Subscription.
    Subscription(Box<SubscriptionDetail>),
    /// Form of a new subscription, with its preview.
    NewSubscription(Box<NewSubscriptionPage>),
    /// Form that changes a subscription, with its preview.
    ChangeSubscription(Box<ChangePage>),
    /// Form that moves subscriptions to another version of their plan.
    MoveVersion(Box<MovePage>),
    /// Members, invites and access requests.
    Members(Box<Members<WorkspaceRole>>),
    /// General settings.
    General(Box<GeneralSettings>),
    /// Colour and logo, which are part of the entry.
    Branding,
    /// Security requirements of the workspace.
    Security(SecuritySettings),
    /// API keys of the workspace.
    ApiKeys(Vec<ApiKey>),
    /// Audit log.
    Audit(Box<AuditView>),
    /// Contents that deleting the workspace would remove.
    Danger(Contents),
}

#[cfg(feature = "ssr")]
impl VisitData {
    /// Returns the name of the page's record, for the title and the browser's history.
    pub(crate) fn record(&self) -> Option<String> {
        let name = match self {
            Self::Product(product) => product.row.name.clone(),
            Self::RatePlan(plan) => plan.name.clone(),
            Self::Customer(customer) => customer.row.name.clone(),
            Self::Events(_) => "Events".to_owned(),
            Self::Event(event) => event.row.id.clone(),
            Self::Invoice(invoice) => invoice.title(),
            Self::ProductForm(input) => input.name.clone(),
            Self::Import(import) => import.row.name.clone(),
            Self::ImportForm(form) => form.row.name.clone(),
            Self::CustomerForm(input) => input.name.clone(),
            Self::ContactForm { input, .. } => input.name.clone(),
            Self::Subscription(subscription) => {
                format!("{} · {}", subscription.row.plan_name(), subscription.row.customer)
            }
            Self::ChangeSubscription(page) => format!("{} · {}", page.row.plan_name(), page.row.customer),
            Self::MoveVersion(page) => page.plan.clone(),
            Self::Imports(_)
            | Self::NewSubscription(_)
            | Self::Usage(_)
            | Self::Members(_)
            | Self::General(_)
            | Self::Branding
            | Self::Security(_)
            | Self::ApiKeys(_)
            | Self::Audit(_)
            | Self::Danger(_) => return None,
        };
        (!name.is_empty()).then_some(name)
    }
}
